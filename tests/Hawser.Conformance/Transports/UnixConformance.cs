using System.Net.Sockets;

namespace Hawser.Conformance.Transports;

public sealed class Unix : TransportUnderTest
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hawser-").FullName;
    private int _number;

    public string FreePath => Path.Combine(_directory, $"{Interlocked.Increment(ref _number)}.sock");

    public override string FreeAddress => "unix:" + FreePath;

    /// <summary>The kernel tells the peer of a closed Unix socket that it was closed, not how.</summary>
    public override bool TellsAbortFromEnd => false;

    public override void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        base.Dispose();
    }
}

public sealed class UnixTransportConformance() : TransportConformance(new Unix());

public sealed class UnixListenerConformance() : ListenerConformance(new Unix())
{
    private string FreePath => ((Unix)Transport).FreePath;

    [Fact(Timeout = Hang)]
    public async Task The_socket_file_is_for_this_user_only_and_goes_with_the_listener()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var path = FreePath;
        var listener = await Transport.ListenAsync("unix:" + path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, FileModes.Of(path));
        await (await Transport.LinkAsync(listener)).DisposeAsync();
        Assert.True(File.Exists(path), "Closing a link must leave the listener's file.");

        await listener.DisposeAsync();

        Assert.False(File.Exists(path));
    }

    [Fact(Timeout = Hang)]
    public async Task A_socket_file_that_a_dead_process_left_is_replaced()
    {
        var path = FreePath;
        LeaveSocketBehind(path);

        await using var listener = await Transport.ListenAsync("unix:" + path);
        await using var link = await Transport.LinkAsync(listener);
    }

    [Fact(Timeout = Hang)]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        var path = FreePath;
        await File.WriteAllTextAsync(path, "precious");

        var failure = await Assert.ThrowsAsync<IOException>(() => Transport.ListenAsync("unix:" + path).AsTask());

        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(path));
    }

    [Fact(Timeout = Hang)]
    public async Task Three_slashes_and_one_mean_the_same_file()
    {
        var path = FreePath;
        await using var listener = await Transport.ListenAsync("unix://" + path);

        Assert.Equal("unix:" + path, listener.Address.OriginalString);
    }

    [Fact(Timeout = Hang)]
    public async Task A_path_that_is_too_long_is_named()
    {
        var address = "unix:/" + new string('x', 200);

        var failure = await Assert.ThrowsAsync<ArgumentException>(() => Transport.ListenAsync(address).AsTask());

        Assert.Contains(address, failure.Message, StringComparison.Ordinal);
    }

    // The runtime removes the file when the socket is closed, so it is moved aside meanwhile.
    private static void LeaveSocketBehind(string path)
    {
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, path + ".aside");
        }

        File.Move(path + ".aside", path);
    }
}

public sealed class UnixDescriptorConformance() : DescriptorConformance(new Unix());
