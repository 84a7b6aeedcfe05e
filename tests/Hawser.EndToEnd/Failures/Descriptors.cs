namespace Hawser.EndToEnd.Failures;

/// <summary>What processes have open, as Linux tells it.</summary>
internal static class Descriptors
{
    /// <summary>How many sockets a process has open.</summary>
    public static int SocketsOf(int process)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells in /proc what a process has open.");
        return Directory.GetFiles($"/proc/{process}/fd").Count(IsSocket);
    }

    private static bool IsSocket(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            // It was closed between the listing and the look.
            return false;
        }
    }
}
