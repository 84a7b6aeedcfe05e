namespace Hawser.Transports;

/// <summary>How the library that System.Net.Quic needs, libmsquic, gets onto a machine.</summary>
internal static class QuicRemedy
{
    private const string Feed = "from Microsoft's package feed (packages.microsoft.com)";
    private const string ReleaseFile = "/etc/os-release";

    public static string OfThisMachine()
    {
        if (OperatingSystem.IsWindows())
            return ForWindows;
        if (OperatingSystem.IsMacOS())
            return ForMac;
        return ForLinux(File.Exists(ReleaseFile) ? File.ReadAllText(ReleaseFile) : "");
    }

    public static string ForWindows => "it needs Windows 11 or Windows Server 2022 or later, with TLS 1.3 enabled";

    public static string ForMac => "install the library libmsquic with 'brew install libmsquic'";

    /// <param name="release">What <c>/etc/os-release</c> says.</param>
    public static string ForLinux(string release)
    {
        var names = release.Split('\n')
            .Where(static line => line.StartsWith("ID=", StringComparison.Ordinal) || line.StartsWith("ID_LIKE=", StringComparison.Ordinal))
            .SelectMany(static line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim('"', '\r').Split(' '))
            .ToHashSet(StringComparer.Ordinal);
        if (names.Contains("alpine"))
            return "install the library libmsquic with 'apk add libmsquic'";
        if (names.Overlaps(["debian", "ubuntu"]))
            return $"install the library libmsquic with 'apt-get install libmsquic' {Feed}";
        if (names.Overlaps(["fedora", "rhel", "centos", "azurelinux", "mariner"]))
            return $"install the library libmsquic with 'dnf install libmsquic' {Feed}";
        return $"install the library libmsquic with 'apt-get install libmsquic' or 'dnf install libmsquic' {Feed}, or with 'apk add libmsquic'";
    }
}
