# capOS: every interface of the kernel. The boot manifest is in manifest.capnp, what the logs hold in records.capnp.
#
# The comments are the manual of each interface. A method's errors are named after enum cap_err
# (abi/error.h); "exception" means that the call completes with ERR_EXCEPTION and a CapException. ERR_QUOTA means
# the exception `overloaded`, whose reason names the ledger, its use and its limit; without room for that, the error.
# Besides, any call may end as docs/spec/ring.md says: ERR_MALFORMED for parameters that break the schema
# (a Text over its maxLength is one), ERR_BUFFER_TOO_SMALL, ERR_NO_SLOT and the like for an answer without
# room. Methods whose effect would outlive a lost answer look for that room first: Endpoint.makeClient,
# FrameAllocator.create, VirtualMemory.map and reserve and ProcessSpawner.spawn have then done nothing.
# Ordinals are stable: this file only grows.
@0xd9c4a2f7e6b18350;

using C = import "c.capnp";
using Records = import "records.capnp";
$C.prefix("os");

# ---- Errors ---------------------------------------------------------------------------------------

struct CapException {
  # Why a method did not do what was asked. Reasons never contain kernel addresses.

  type @0 :Type;
  reason @1 :Text $C.maxLength(255);

  enum Type {
    failed @0;          # the request is wrong or cannot be done; the same request will fail again
    overloaded @1;      # a resource is exhausted; may work later
    disconnected @2;    # something that it needs is gone
    unimplemented @3;   # known, but not provided here
    invalidArgument @4; # an argument has a value that is not allowed
  }
}

# ---- Objects of the kernel ------------------------------------------------------------------------

interface Console @0xa1b8c3d94e5f6071 {
  # Writes to the system console. The kernel puts the name of the calling process before each line, and
  # shows as \xNN what is not visible UTF-8: a program can neither pose as another nor move the cursor.

  writeLine @0 (line :Text $C.maxLength(1024));
  # Writes one line. A newline inside the text starts a new line, with the name before it; in the 16th line it
  # is shown as \x0a. Errors: ERR_AGAIN (the port is slower than those who write; try again later).
  # However much is written, it is shown. For LogReader the kernel keeps of each process the newest lines, as far as its
  # `logBytes` go: the oldest make room. A line for which there is no room at all is not kept.
}

interface Endpoint @0xb2c9d4ea5f607182 {
  # The server's side of a channel. Its holder receives calls with the ring operations RECV and RETURN
  # and makes the client facets that others call. When the last capability to it is released the
  # endpoint closes: calls waiting on it, and later ones, end with ERR_DISCONNECTED.
  # When the last client facet is released, waiting and later RECVs complete with ERR_DISCONNECTED,
  # until a new client facet is made. At most 256 calls wait, and 256 RECVs; through one client facet at most
  # 32 calls are unanswered that were given up (ERR_AGAIN).

  makeClient @0 (badge :UInt64) -> (client :Capability);
  # A new client facet. Calls through it, or through copies of it, carry the badge to the server.
  # Errors: ERR_QUOTA, ERR_NO_MEMORY.

  revokeClients @1 ();
  # Every client facet made so far, and every copy of it, is dead from now on: calls on it end with
  # ERR_DISCONNECTED. So do calls that wait in the queue. Calls that a server has received already may still be
  # answered. It costs the same however many hold them. Facets made later are not affected.

  makeClientAs @2 (badge :UInt64, interfaceId :UInt64) -> (client :Capability);
  # As makeClient, but the facet has this interface: the served one, or an ancestor of it. A facet that is made as an
  # ancestor takes calls of that interface alone, and nothing makes it more again.
  # Errors: ERR_INVALID (neither the served interface nor an ancestor that was declared), ERR_QUOTA, ERR_NO_MEMORY.
}

interface EndpointFactory @0xc3dae5fb60718293 {
  # The authority to make endpoints, charged to the caller.

  create @0 (interfaceId :UInt64) -> (endpoint :Endpoint);
  # A new endpoint whose client facets have the interface with this Cap'n Proto type id.
  # Errors: ERR_INVALID (interfaceId 0), ERR_QUOTA, ERR_NO_MEMORY.

  createDerived @1 (interfaceId :UInt64, ancestors :List(UInt64) $C.maxLength(8)) -> (endpoint :Endpoint);
  # As create, for an interface that inherits from others. `ancestors` are all of these, direct and indirect: calls
  # that name one of them pass the client facets too, and the server sees which it is.
  # Errors: ERR_INVALID (an id is 0 or occurs twice, interfaceId included), ERR_QUOTA, ERR_NO_MEMORY.
}

interface FacetFactory @0x9d0e4f5a6b7c8d9e {
  # The authority to make narrower facets of objects that one holds, charged to the caller.

  create @0 (target :Capability, methods :List(UInt16) $C.maxLength(64))
      -> (facet :Capability, revoker :Revoker);
  # A facet with the interface of the target that lets only these methods through (ordinals, below 64); others
  # are ERR_UNIMPLEMENTED. It holds the target alive. It can be called, not used as an argument where the kernel
  # expects the target itself. No more than 256 calls wait behind it (ERR_AGAIN).
  # Errors: ERR_INVALID (no target, an ordinal of 64 or more, an Endpoint: it would stay open without a server),
  # ERR_TOO_BIG (more than eight facets in front of each other), ERR_QUOTA, ERR_NO_MEMORY.
}

interface Revoker @0xae1f506b7c8d9eaf {
  # Takes back what a facet was made for. Whoever holds it decides; the facet's holders cannot see it.

  revoke @0 ();
  # The facet and all copies of it are dead from now on: calls on it end with ERR_DISCONNECTED, and so do those that
  # wait behind it. One that a server has received may still end well. The facet no longer holds the target.
}

interface NotificationFactory @0xfb7292aba8a16608 {
  # The authority to make notifications, charged to the caller.

  create @0 () -> (notification :Notification, signal :Signal);
  # A new notification and the signal that counts it up. Errors: ERR_QUOTA, ERR_NO_MEMORY.
}

interface Signal @0xc8953cde4005b502 {
  # The right to tell that something has happened, and nothing else: no message, no answer, no wait. Its holder
  # cannot see who waits, nor the count. The timer tick may run calls on it.

  signal @0 (count :UInt64 = 1);
  # It has happened `count` times more. If calls wait for the notification, the oldest of them completes with all
  # that has been counted; else the count stays until the next wait. One that has no room for it any more ends with
  # that error, and it is the next one's.
  # Errors: ERR_DISCONNECTED (the last capability to the notification is gone), ERR_INVALID (count 0),
  # ERR_AGAIN (the sum would pass 2^64 - 1, or 16 in a row had no room, which have ended; nothing is counted).
}

interface Notification @0xf1aa336ba15e5cc8 {
  # A counter to wait for: any number of signals, from any number of processes, are one number to take. When the
  # last capability to it is released it closes: later signals end with ERR_DISCONNECTED.

  wait @0 () -> (count :UInt64);
  # Completes with the number of signals since the last wait that completed, at once if there were any. That number
  # is 0 from then on: each signal is told to one wait. Any number of calls may wait; the oldest is the next to
  # complete. One that is cancelled or runs out of time takes nothing with it.
  # Errors: ERR_DISCONNECTED (nothing is counted, and the last capability to the signal is gone).
}

interface FrameAllocator @0x8c3f5d7e91a2b4c6 {
  # The authority to take physical memory, charged to the caller, or to who has shared it.

  create @0 (bytes :UInt64) -> (memory :MemoryObject);
  # New memory of so many bytes, all zero, in whole pages. It is charged to the frames of who pays, as long as that
  # process lives, with the frames that list it: none for one page, one up to 512, then one for each 512 and one
  # more. They come back when the last capability to it and its last mapping are gone. All or nothing.
  # Errors: ERR_INVALID (0 bytes, or more than 1 GiB), ERR_QUOTA, ERR_NO_MEMORY. Of a shared one also: exception
  # (overloaded: more than was shared), ERR_DISCONNECTED (who shared it has ended).

  share @1 (bytes :UInt64) -> (allocator :FrameAllocator);
  # An allocator for others to use on the caller's budget: memory made through it is charged to the caller of this
  # method, whoever makes it, up to so many bytes in whole pages at one time. It keeps nothing free: what the caller
  # has used up itself is not there. Made revocable by FacetFactory, it can be taken back.
  # Errors: ERR_INVALID (0 bytes), ERR_QUOTA, ERR_NO_MEMORY, ERR_UNIMPLEMENTED (of one that is shared itself).
}

interface MemoryObject @0xd4ebf60c718293a4 {
  # A fixed number of bytes of physical memory. Who holds a capability to it may map it, wherever a process maps it
  # it is the same memory, and a copy of the capability shares it.

  size @0 () -> (bytes :UInt64);
  # How many bytes it holds. Mapped, it covers whole pages; what follows the last byte reads as zero until
  # somebody writes there.

  readOnly @1 () -> (memory :MemoryObject);
  # The same memory, which can only be mapped with access `read`; nothing makes it more again. It holds the
  # memory alive. Errors: ERR_QUOTA, ERR_NO_MEMORY.
}

interface VirtualMemory @0xe5fc071d8293a4b5 {
  # The address space of the process that holds it. It cannot be copied or moved to another.
  # No memory is ever writable and executable at once, neither at one address nor at two, in one process or several.

  map @0 (memory :MemoryObject, address :UInt64, access :Access) -> (address :UInt64);
  # Maps the whole object at a page-aligned address in CAP_MAPPINGS_START..END; 0: where there is room, with
  # an unmapped page on both sides, and not in a reservation. The mapping holds the memory alive; the capability may be released.
  # The record of it and page tables are charged to this process.
  # Errors: ERR_INVALID (a range that is not in there, an access that the memory does not allow, or write access
  # to what is mapped executable somewhere, or the reverse), ERR_FAULT (something is mapped there, or it would
  # lie in a reservation with a part only),
  # ERR_NO_MEMORY (also: no room for it), ERR_QUOTA.

  unmap @1 (address :UInt64);
  # Takes away the whole mapping that begins at this address. Other mappings of the same memory stay.
  # Errors: ERR_INVALID (none begins there).

  protect @2 (address :UInt64, access :Access);
  # Gives the whole mapping that begins at this address another access.
  # Errors: ERR_INVALID (none begins there; the access, as for map).

  reserve @3 (address :UInt64, bytes :UInt64) -> (address :UInt64);
  # Keeps a range of addresses for what is mapped there by address, and for nothing else: in whole pages, from a
  # page-aligned address in CAP_MAPPINGS_START..END on; 0: where there is room, with an unmapped page on both sides. It
  # takes no memory but a record that is charged to this process. So memory can grow in place, and pages that stay
  # unmapped guard what is beside them: touching them is a fault.
  # Errors: ERR_INVALID (no bytes, or a range that is not in there), ERR_FAULT (something is mapped or reserved
  # there), ERR_NO_MEMORY (also: no room for it), ERR_QUOTA.

  unreserve @4 (address :UInt64);
  # Takes back the reservation that begins at this address. What is mapped in it stays.
  # Errors: ERR_INVALID (none begins there).

  enum Access {
    read @0;
    readWrite @1;
    readExecute @2;
  }
}

interface Timer @0xbf20617c8d9eafb1 {
  # The clock, and sleeping. Time is in nanoseconds since the kernel started, and never goes back.

  now @0 () -> (nanoseconds :UInt64);

  sleepUntil @1 (nanoseconds :UInt64);
  # Completes when that time has come, at once if it already has. Cancel it like any call.

  tick @2 (periodNanoseconds :UInt64) -> (nanoseconds :UInt64);
  # Completes when the time is a multiple of the period, the next one from now, and says which. Who calls again and
  # again gets a beat that does not drift, however late each answer is looked at; two answers that are further apart
  # than the period tell how many beats were missed. Two callers with the same period beat together.
  # Errors: ERR_INVALID (period 0).
}

interface BootPackage @0xf60d182e93a4b5c6 {
  # What the machine was booted with.

  manifest @0 () -> (memory :MemoryObject);
  # The boot module, read only: the SystemManifest message in the standard framing, one segment, checked
  # by the kernel. lib/manifest opens it. Errors: ERR_QUOTA, ERR_NO_MEMORY.
}

interface ProcessSpawner @0x871e293fa4b5c6d7 {
  # The authority to start processes from the binaries of the boot package: from all of them, any number of
  # processes, or, if it was made by `restrict`, from some and so many at a time.

  spawn @0 (binary :Text $C.maxLength(31), name :Text $C.maxLength(31), grants :List(NamedCap),
      ownMemory :Text $C.maxLength(31), limits :Limits, arguments :Data $C.maxLength(1024), mode :Mode,
      image :MemoryObject) -> (process :ProcessHandle);
  # Starts a process called `name` that holds exactly `grants`, in that order in its CapSet, and after them, unless
  # `ownMemory` is empty, the VirtualMemory of its own address space under that name.
  # `limits` are carved out of the caller's own: the caller has so much less until the process has ended. What it
  # made and others still hold then is charged to the caller.
  # `arguments` is a message of one segment without framing, or empty: the process finds a copy of it in a read-only
  # page. What it says is between the two; a service gets `Arguments`.
  # The program is `binary`, or, if there is an `image`, that memory: it holds an ELF file, of which the process gets
  # a copy; `binary` is empty then. A spawner that was made by `restrict` starts no image. The capability to the image
  # is used up by a spawn that succeeds, if it was moved here.
  # It happens as a whole or not at all.
  # Names are letters, digits and '-'; no process but the first is called `init`. Each capability that comes
  # along is in exactly one grant, or is the image.
  # Errors: exception (failed: no such binary, one that this spawner may not start, or not a valid program, and the
  # reason says which check failed; overloaded: this spawner's budget of processes is used up until one ends;
  # unimplemented: recorded mode), ERR_INVALID (a name that is empty, has other characters, or occurs twice; a process
  # name `init`; a grant without a capability, or one granted twice or not at all; both binary and image; arguments
  # that are not whole words; an unknown mode), ERR_WRONG_INTERFACE (the image is not memory of the kernel's),
  # ERR_TOO_BIG (more than 32 grants), ERR_NO_SLOT (the grants do not fit the child's slots, or the handle not the
  # caller's table), ERR_QUOTA, ERR_NO_MEMORY.

  enum Mode {
    normal @0;

    recorded @1;
    # All that the kernel hands to the process is written to a log. Not provided yet.
  }

  restrict @1 (binaries :List(Text) $C.maxLength(64), processes :UInt32) -> (spawner :ProcessSpawner);
  # A spawner that starts only these binaries, and has at most so many processes at a time: each one that it started
  # counts until it has ended. It can be restricted further, and a process counts in every spawner from the one that
  # started it outwards, so nothing makes it more again. What it may start is not set aside for it. Releasing it
  # ends no process.
  # Errors: exception (failed: a binary that is not there, or that this spawner may not start itself), ERR_INVALID
  # (no binary, or 0 processes), ERR_TOO_BIG (more than eight restrictions of each other), ERR_QUOTA, ERR_NO_MEMORY.
}

struct Limits {
  # How much a process may have at one time, with what it gives on to processes that it starts itself.
  # A number is kept for it from the start, and nobody else can use it. 0: it takes out of its spawner's as it
  # needs it, up to the default of abi/limits.h, and gives it back when it ends; init has all that the machine has.

  frames @0 :UInt32;
  # Memory in frames of 4 KiB: its program, stack, page tables and tables of capabilities, and memory objects.

  slots @1 :UInt32;
  # Slots of its capability table, which grows by 256 at a time; at most 4096 in one table.

  calls @2 :UInt32;
  # Calls under way that it made; its ring has room for 32.

  records @3 :UInt32;
  # Small records of the kernel: endpoints, facets, memory objects, mappings, handles, receives that wait, and calls
  # that it has received and not answered.

  queuedCalls @4 :UInt32;
  # Of its calls under way, those that wait: in an endpoint's queue, or for an object of the kernel, as for a time or the
  # end of a process.

  queuedBytes @5 :UInt32;
  # Bytes of the messages of these. A message of more than 128 bytes that waits also takes a frame.

  logBytes @6 :UInt32;
  # Bytes that are kept of what it writes to a Console, the newest lines; each takes 32 more than its text and the
  # process's name. When it has ended they are its spawner's. All processes together have 32768.
}

struct Arguments {
  # What a service is started with.

  texts @0 :List(Text);
}

struct NamedCap {
  # One capability and the name under which the new process finds it.

  name @0 :Text $C.maxLength(31);
  cap @1 :Capability;
}

interface ProcessHandle @0x982f3a40b5c6d7e8 {
  # A process, seen by who supervises it. Releasing the handle does not end the process.

  wait @0 () -> (end :ProcessEnd);
  # Completes when the process has ended and all that it had has come back, at once if that is so already. Any number
  # of callers may wait.

  kill @1 ();
  # Ends the process, whatever it is doing. Does nothing if it has ended already. A process that kills itself
  # ends when its cap_enter is over. From then on it does nothing more; what it had comes back in steps, and large
  # ends take a while: `wait` tells when.

  waitOnly @2 () -> (process :ProcessHandle);
  # A facet of this handle with `wait` and `waitOnly` only; its other methods are ERR_UNIMPLEMENTED, and nothing
  # makes it more again. It holds the handle alive. Errors: ERR_QUOTA, ERR_NO_MEMORY.

  usage @3 () -> (usage :List(Records.Usage));
  # What the process has of what: one entry a kind, in the order of struct Limits. Empty when it has ended.

  state @4 () -> (state :State);
  # What the process does at this moment.

  enum State {
    ready @0;   # it runs, or does as soon as it is its turn
    waiting @1; # it is in a cap_enter until something completes or a time has come
    ending @2;  # what it had comes back; it does nothing more
    ended @3;
  }
}

struct ProcessEnd {
  # How a process ended.

  union {
    exited @0 :Int32;
    # It called exit with this code.

    faulted @1 :Fault;
    # It did something that the processor or the kernel does not allow.

    killed @2 :Void;
    # Its handle was used to end it.
  }
}

struct Fault {
  kind @0 :Kind;

  address @1 :UInt64;
  # Page faults: the address that was touched. Bad system calls: the number. Else 0.

  instruction @2 :UInt64;
  # Where it happened, in the program.

  enum Kind {
    other @0;
    pageRead @1;
    pageWrite @2;
    pageExecute @3;
    illegalInstruction @4;
    divide @5;
    generalProtection @6;
    alignment @7;
    debug @8;
    floatingPoint @9;
    badSystemCall @10;
    noMemory @11;
  }
}

interface Entropy @0xaceebd64890a4a91 {
  # Random bytes, good enough for keys, from the processor's own generator: RDSEED, or RDRAND where that runs dry.
  # No byte is given twice.

  read @0 (count :UInt32) -> (bytes :Data $C.maxLength(256));
  # So many random bytes, 1 to 256.
  # Errors: ERR_INVALID (another count), ERR_AGAIN (asked as often as Intel advises, the generator has given nothing,
  # or the same again and again: try later), exception (unimplemented: this processor has neither instruction).
}

interface LogReader @0x88973a9e2df55b30 {
  # What the console has shown of late, as records. Lines of the kernel and lines of programs are kept apart: programs
  # that write much cannot push out the kernel's, nor those for which others have `logBytes`.

  kernel @0 (from :UInt64, most :UInt16) -> Records.LogPage;
  # The kernel's own lines, `most` at most and no more than an answer has room for, from number `from` on. Begin with 0,
  # go on with `next` of the answer; no records: there are no more yet. A `from` that is still to come gives none, either.
  # Errors: ERR_BUFFER_TOO_SMALL (ask for fewer).

  programs @1 (from :UInt64, most :UInt16) -> Records.LogPage;
  # The same for what processes have written to a Console. They have numbers of their own.
}

interface AuditReader @0xff92b0f568b6d92c {
  # How authority has changed: which process got which capability from where, and lost it. The records since the start,
  # or the holdings at some number and the records since, say what every process holds. Who has this sees all
  # processes and can change none.

  read @0 (from :UInt64, most :UInt16) -> (records :List(Records.AuditRecord), next :UInt64, lost :UInt64);
  # Records from number `from` on, `most` at most and no more than an answer has room for. Begin with 0, go on with
  # `next`; no records: there are no more yet. `lost`: how many from `from` on were pushed out by later ones.
  # Errors: ERR_BUFFER_TOO_SMALL (ask for fewer).

  holdings @1 (place :UInt64, most :UInt16) -> (holdings :List(Records.Holding), nextPlace :UInt64, next :UInt64);
  # What the capability tables hold, process by process in the order of their numbers. Begin with place 0, go on
  # with nextPlace, until that is 0. `next` is the number of the next audit record: if it is the same for all
  # answers, nothing has changed in between. Errors: ERR_INVALID (most 0), ERR_BUFFER_TOO_SMALL (ask for fewer).
}

interface Inspector @0xb4a15c6d7e8f9012 {
  # The kernel's books, for whoever supervises the system. It shows how much there is, and nothing of what it is.

  check @0 () -> (processes :UInt32, objects :UInt32, references :UInt64, calls :UInt32);
  # Looks at everything that the kernel holds and compares it with its own counts: every ledger with what is charged
  # to it, every object's references with who refers to it, records and frames with their sum. Nothing else runs
  # meanwhile, and it takes time in proportion to what there is. How much it has looked at.
  # Errors: ERR_INVALID (capabilities came along with the call), exception (failed: the first thing that is wrong,
  # which is a mistake in the kernel).
}
