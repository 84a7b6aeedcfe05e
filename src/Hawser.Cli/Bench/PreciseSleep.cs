using System.Runtime.InteropServices;

namespace Hawser.Cli.Bench;

/// <summary>Sleeps for tens of microseconds. The runtime's own timers know whole milliseconds only, which would be most of a short latency.</summary>
internal static partial class PreciseSleep
{
    /// <summary>Gives the thread up for about this long, usually some tens of microseconds longer.</summary>
    /// <param name="time">How long, less than a second.</param>
    public static void For(TimeSpan time)
    {
        if (OperatingSystem.IsWindows())
        {
            Thread.Yield();
            return;
        }

        // A signal may wake it early: whoever paces looks at the clock again anyway.
        var request = new TimeSpec { Nanoseconds = (nint)Math.Clamp(time.TotalNanoseconds, 0, 999_999_999) };
        _ = NanoSleep(in request, 0);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NanoSleep(in TimeSpec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
