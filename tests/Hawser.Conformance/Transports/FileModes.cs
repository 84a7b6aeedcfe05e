namespace Hawser.Conformance.Transports;

internal static class FileModes
{
    public static UnixFileMode Of(string path) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException("Windows has no file modes.") : File.GetUnixFileMode(path);
}
