using System.Net.Sockets;

namespace Hawser.Transports;

/// <summary>The file that names a Unix socket.</summary>
internal sealed class UnixSocketFile
{
    private UnixSocketFile(string path)
    {
        Path = path;
        EndPoint = new UnixDomainSocketEndPoint(path);
    }

    public string Path { get; }

    public UnixDomainSocketEndPoint EndPoint { get; }

    /// <summary>The address in its usual form, <c>unix:/path</c>.</summary>
    public string Address => "unix:" + Path;

    /// <summary>Reads the path out of an address, as it was written: nothing is unescaped.</summary>
    public static UnixSocketFile Parse(Uri address)
    {
        var text = address.OriginalString;
        var path = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (path.StartsWith("//", StringComparison.Ordinal))
        {
            path = path[2..];
            if (!path.StartsWith('/'))
                throw new ArgumentException($"'{text}' names a host, and a Unix socket has none; write unix:/path or unix:relative.", nameof(address));
        }

        if (path.Length == 0)
            throw new ArgumentException($"'{text}' names no file; write unix:/path or unix:relative.", nameof(address));
        try
        {
            return new UnixSocketFile(path);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new ArgumentException(
                $"The path of '{text}' is too long for a Unix socket (about 100 bytes are allowed); choose a shorter one.", nameof(address), exception);
        }
    }

    /// <summary>Removes a socket file that a dead process left behind.</summary>
    /// <exception cref="IOException">A live process listens there, or the file is no socket.</exception>
    public void RemoveIfStale()
    {
        if (!File.Exists(Path))
            return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        probe.Blocking = false; // a live listener with a full queue must not hold us up
        try
        {
            probe.Connect(EndPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            if (!IsSocket())
                throw new IOException($"{Address} cannot be listened on: the file is there and is no socket; remove it or choose another path.", exception);
            File.Delete(Path);
            return;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
        {
        }

        throw new IOException($"{Address} cannot be listened on: another process listens there (the address is already in use).");
    }

    // Connecting to an ordinary file is refused like connecting to a dead socket, and must not get it deleted. Opening tells the two apart:
    // a socket cannot be opened.
    private bool IsSocket()
    {
        const int NoSuchDevice = 6, NotSupportedOnMac = 102, NotSupportedOnLinux = 95;
        try
        {
            File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
            return false;
        }
        catch (IOException exception)
        {
            return OperatingSystem.IsWindows() || exception.HResult is NoSuchDevice or NotSupportedOnMac or NotSupportedOnLinux;
        }
    }
}
