# What the system tells of itself: lines of the log, changes of authority, what a process uses. LogReader, AuditReader and
# ProcessHandle of capos.capnp hand these out.
#
# Ordinals are stable: this file only grows.
@0xd3e56db7f80a1143;

using C = import "c.capnp";
$C.prefix("os");

struct LogPage {
  records @0 :List(LogRecord);

  next @1 :UInt64;
  # Number of the record behind the last of these that is there, or that will be written.

  lost @2 :UInt64;
  # How many numbers from `from` on and below `next` are of records that are not there: newer ones have taken their
  # place, or there was no room for them.
}

struct LogRecord {
  # One line of the kernel, or one text that a process has written.

  sequence @0 :UInt64;
  # Its number: 0, 1, 2... from the start of the system.

  nanoseconds @1 :UInt64;
  # When, on the clock of Timer.

  level @2 :Level;

  source @3 :Text;
  # The part of the kernel; the name of the process.

  text @4 :Text;
  # As it was written: it may hold anything. Show it with care.

  enum Level {
    error @0;
    warn @1;
    info @2;
    debug @3;
    line @4;     # a program's
  }
}

struct AuditRecord {
  # One change. Processes and objects have numbers from 1 on that are never used twice; 0: none.

  sequence @0 :UInt64;

  nanoseconds @1 :UInt64;
  # When, on the clock of Timer.

  event @2 :Event;

  process @3 :UInt64;
  # Whose authority has changed.

  cap @4 :UInt64;
  # The id of the capability in that process.

  object @5 :UInt64;
  # The object that it names.

  interfaceId @6 :UInt64;
  # Of the object.

  sourceProcess @7 :UInt64;
  # Where a copied or moved capability came from; who started a process, 0 for the kernel.

  sourceCap @8 :UInt64;
  # The id of the capability that was copied or moved, in sourceProcess.

  name @9 :Text;
  # Of a process that has been started.

  enum Event {
    made @0;
    # The process got a capability that the kernel made: with an answer, or as a grant of the manifest to init.

    copied @1;
    # It got a copy of a capability, which stays where it was.

    moved @2;
    # It got a capability, which is gone from where it was.

    released @3;
    # It gave a capability up.

    revoked @4;
    # The object is dead, whoever holds capabilities to it: a facet was revoked. If the object is an Endpoint: all
    # client facets of it that were made until now. `process`, and `cap`, are 0.

    started @5;
    # The process exists, and holds nothing yet.

    ended @6;
    # The process has ended: nobody can use what it held any more.
  }
}

struct Holding {
  # One capability in one table.

  process @0 :UInt64;
  object @1 :UInt64;
  cap @2 :UInt64;
  interfaceId @3 :UInt64;
}

struct Usage {
  # One kind of struct Limits.

  own @0 :UInt64;
  # What it uses itself.

  given @1 :UInt64;
  # What it has given to processes that it started.

  limit @2 :UInt64;
  # What both together may come to. The process may meet a limit of its spawner before this one, if it was started
  # without a limit of its own.

  reserved @3 :UInt64;
  # What is kept for it, whatever others do: `limit` if it was started with a limit of its own.

  peak @4 :UInt64;
  # The most that it ever used and gave; kept for frames and slots, else 0.
}
