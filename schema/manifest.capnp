# The boot manifest: what a system consists of.
#
# Ordinals are stable: this file only grows.
@0x9b3f8f9ff9324864;

using C = import "c.capnp";
using Os = import "capos.capnp";
$C.prefix("os");

struct SystemManifest {
  # What to boot: the single boot module is this message in the standard framing (the segment table that
  # `capnp decode` reads), one segment. system.cue is its source; tools/mkmanifest packs it; lib/manifest
  # validates it on the host, in the kernel and in init, with the same code and the same messages.

  version @0 :UInt32;
  # 1.

  binaries @1 :List(Binary);

  init @2 :Init;
  # The only process that the kernel starts.

  services @3 :List(Service);
  # What init starts: servers before those that import from them, otherwise in this order.

  outcome @4 :Outcome;
  # How long the system runs.

  haltWhenEnded @5 :List(Text);
  # Names of services. When all of them have ended for good, so does the system, whatever else still runs.
  # Empty: only `outcome` counts.
}

enum Outcome {
  # A service has ended for good when init is not going to start it again. init's exit code is the number of
  # services that failed: they ended otherwise than by exit code 0, or reached their limit of restarts.

  whenServicesEnded @0;
  # init ends when all services have ended for good, and the system with it.

  runOn @1;
  # init stays, even if nothing is left to run.
}

struct Binary {
  name @0 :Text $C.maxLength(31);
  elf @1 :Data;
  # A static ELF64 program for x86-64.
}

struct Init {
  binary @0 :Text $C.maxLength(31);
  grants @1 :List(KernelGrant);

  limits @2 :Os.Limits;
  # What init may have, with everything that it starts. A kind that is 0, or more than the machine has: all of it.
}

struct KernelGrant {
  # A kernel object, and the name under which the process finds it.

  name @0 :Text $C.maxLength(31);
  object @1 :KernelObject;
}

enum KernelObject {
  # The objects that the kernel hands to init; everything else derives from these.

  console @0;
  bootPackage @1;
  processSpawner @2;
  endpointFactory @3;
  virtualMemory @4;     # the address space of who holds it: init's, or a service's own
  facetFactory @5;
  timer @6;
  frameAllocator @7;
  notificationFactory @8;
  entropy @9;
  logReader @10;
  auditReader @11;
  inspector @12;
  allocationFault @13;  # only in a kernel that was built for tests; any other refuses to boot
  testSupport @14;      # as allocationFault
}

struct Service {
  name @0 :Text $C.maxLength(31);

  binary @1 :Text $C.maxLength(31);

  exports @2 :List(Export);
  # Endpoints that are made for this service; it finds the server's side under the export's name.

  grants @3 :List(Grant);
  # Everything else that it starts with.

  restart @4 :RestartPolicy;
  # Whether init starts it again after it has ended; the fields below say how, and are 0 for never.
  # Each instance gets the same grants, and the endpoints that the first one had: clients keep their facets.
  # Calls that the ended instance had received end with ERR_PEER_DEAD; calls that nobody had received yet, and
  # later ones, wait for the next instance. When the service has ended for good, they end with ERR_DISCONNECTED.

  initialBackoffMs @5 :UInt32;
  # Milliseconds between an end and the first restart, 1 to 3600000. The time doubles with each further restart.

  maxBackoffMs @6 :UInt32;
  # What it doubles up to; from initialBackoffMs to 3600000.

  maxRestarts @7 :UInt32;
  # How often the service is started again, counted from the start of the system; 0: without a limit.

  atLimit @8 :LimitReaction;
  # What follows when it would have to be started once more than that.

  limits @9 :Os.Limits;
  # What it may have, out of init's.

  arguments @10 :Os.Arguments;
  # What each instance is started with; at most 1024 bytes as a message of its own.
}

struct Export {
  name @0 :Text $C.maxLength(31);

  interfaceId @1 :UInt64;
  # Cap'n Proto type id of the interface that is served.

  ancestors @2 :List(UInt64) $C.maxLength(8);
  # Type ids of all interfaces that it inherits from, directly or not.
}

struct Grant {
  name @0 :Text $C.maxLength(31);
  # The name in the receiver's CapSet.

  source :union {
    kernel @1 :KernelObject;
    # A kernel object that init itself holds.

    service :group {
      # A client facet of another service's export.
      name @2 :Text $C.maxLength(31);
      export @3 :Text $C.maxLength(31);
      badge @4 :UInt64;
      # What the server sees with each call; the client can neither read nor choose it.

      interfaceId @8 :UInt64;
      # One of the export's ancestors: the client facet has that interface and no more. 0: the export's own.
    }
  }

  only :group {
    # A narrower capability than the source's. Nothing here: all of it.

    methods @5 :List(UInt16) $C.maxLength(64);
    # A facet of FacetFactory with only these methods, by their ordinals, 0 to 63. init revokes it, whoever holds it
    # by then, when the service has ended for good.

    binaries @6 :List(Text) $C.maxLength(64);
    processes @7 :UInt32;
    # Of the kernel's processSpawner, both or neither: a spawner of these binaries, and of so many processes at a
    # time. All instances of the service have the same one, so that the number holds for them together.
  }
}

enum RestartPolicy {
  never @0;

  onFault @1;
  # After a fault, a kill, or an exit code other than 0; also if it could not be started.

  always @2;
  # However it ended. Not for a server that ends because its last client has gone: nobody can call the next
  # instance either.
}

enum LimitReaction {
  leaveDown @0;
  # The service has ended for good; the others go on.

  haltSystem @1;
  # init ends at once, with exit code 102 and the reason in its last line, and the system with it.
}
