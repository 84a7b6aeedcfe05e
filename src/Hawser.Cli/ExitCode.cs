namespace Hawser.Cli;

/// <summary>What the command's exit codes mean. 1…16 are the numbers of the status that a call ended with; those from 64 on follow BSD's <c>sysexits.h</c>.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Usage = 64;
    public const int BadJson = 65;
    public const int NoInput = 66;
    public const int Unreachable = 69;
    public const int InternalError = 70;
    public const int CannotWrite = 73;
    public const int Interrupted = 130;

    /// <summary>The table for help texts.</summary>
    public const string Help = """
        Exit codes:
          0      the call ended OK
          1..16  the call ended with the status of this number, as in gRPC:
                 1 Cancelled, 2 Unknown, 3 InvalidArgument, 4 DeadlineExceeded, 5 NotFound, 6 AlreadyExists, 7 PermissionDenied,
                 8 ResourceExhausted, 9 FailedPrecondition, 10 Aborted, 11 OutOfRange, 12 Unimplemented, 13 Internal,
                 14 Unavailable, 15 DataLoss, 16 Unauthenticated
          64     wrong usage: an unknown option or scheme, a value out of range
          65     the input is not JSON, or does not fit the method: line and column or the path are given; or a .proto file is wrong
          66     an input file is missing or cannot be read
          69     nobody can be reached at the address, or it cannot be listened on
          70     a bug in hawser
          73     the output cannot be written
          130    stopped by Ctrl-C or SIGTERM
        """;
}
