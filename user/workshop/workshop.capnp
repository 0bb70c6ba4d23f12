# What the foreman asks of the examiner.
@0xdf012f170b74d497;

using C = import "/schema/c.capnp";
using Os = import "/schema/capos.capnp";
$C.prefix("shop");

interface Examiner @0xeb692b86f51d5b22 {
  examine @0 (process :Os.ProcessHandle) -> (exitCode :Int32);
  # Waits for the end of the process. Errors: exception invalidArgument (no process), failed (it did not exit).
}
