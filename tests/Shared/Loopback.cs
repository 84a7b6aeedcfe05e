namespace Hawser.Tests.Shared;

/// <summary>Loopback addresses that one test has for itself.</summary>
/// <remarks>
/// A port of 127.0.0.1 on which nobody listens any more is soon somebody else's: another test's listener, or an outgoing connection.
/// Outgoing connections come from 127.0.0.1 and nothing else is told to listen on the rest of 127/8, so there a port stays one's own while nobody listens.
/// </remarks>
internal static class Loopback
{
    private const string Common = "127.0.0.1";

    private static int _last;

    /// <summary>An address with port 0 on a host of its own, where it was on 127.0.0.1 and the system has more than that; else as it is.</summary>
    public static string Own(string address) =>
        OperatingSystem.IsMacOS() ? address : address.Replace(Common, NextHost(), StringComparison.Ordinal);

    private static string NextHost()
    {
        var number = Interlocked.Increment(ref _last);
        return $"127.{1 + (Environment.ProcessId % 250)}.{number / 250 % 250}.{1 + (number % 250)}";
    }
}
