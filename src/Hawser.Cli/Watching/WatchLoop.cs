using System.Buffers;
using System.Text.Json;
using Hawser.Cli.Calls;

namespace Hawser.Cli.Watching;

/// <summary>Watches a node until it is told to stop, over as many connections as it takes.</summary>
/// <param name="peer">The node.</param>
/// <param name="metadata">What is sent with the calls; null for none.</param>
/// <param name="request">What is to be seen of it.</param>
/// <param name="display">Shows it.</param>
internal sealed class WatchLoop(Peer peer, Metadata? metadata, WatchRequest request, IWatchDisplay display)
{
    private const string Reconnecting = "reconnecting";

    private static readonly Method Watch = new(ServerWatch.MethodName, Body.Message, Body.Stream) { Codec = JsonCodec.Default.Name };

    /// <summary>Shows one snapshot.</summary>
    /// <exception cref="CommandException">The node cannot be reached.</exception>
    /// <exception cref="RpcException">The node cannot be watched.</exception>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var channel = await peer.OpenAsync(metadata, isJson: false, cancellationToken);
        if (await ReadAsync(channel, once: true, cancellationToken) is { } lost)
            throw lost;
    }

    /// <summary>Shows snapshots for ever, on one channel. A node that has been reached once is waited for whenever it is gone.</summary>
    /// <exception cref="CommandException">The node cannot be reached.</exception>
    /// <exception cref="RpcException">The node cannot be watched.</exception>
    /// <exception cref="OperationCanceledException">The user has seen enough.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var first = peer with { Waiting = reason => display.ShowWaiting("connecting", ChannelState.BackingOff, reason) };
        await using var channel = await first.OpenAsync(metadata, isJson: false, cancellationToken);
        var again = peer with { Waiting = reason => display.ShowWaiting(Reconnecting, channel.State, reason) };
        while (true)
        {
            if (await ReadAsync(channel, once: false, cancellationToken) is { } lost)
                display.ShowWaiting(Reconnecting, channel.State, lost.Status.Text);
            await again.ReopenAsync(channel, cancellationToken);
        }
    }

    /// <summary>Shows what a connection brings.</summary>
    /// <returns>Why the connection ended; null when enough was seen.</returns>
    private async Task<RpcException?> ReadAsync(HawserChannel channel, bool once, CancellationToken cancellationToken)
    {
        try
        {
            await using var call = await channel.StartAsync(Watch, cancellationToken);
            await call.WriteAsync(new ReadOnlySequence<byte>(JsonSerializer.SerializeToUtf8Bytes(request, JsonSerializerOptions.Web)));
            await call.CompleteAsync();
            while (await call.ReadAsync())
            {
                display.ShowSnapshot(Parse(call.Message));
                if (once)
                    return null;
            }

            call.ThrowUnlessOk(cancellationToken);
            return new RpcException(StatusCode.Unavailable, "The node ended the watch.");
        }
        catch (RpcException exception) when (exception.Code == StatusCode.Unavailable)
        {
            return exception;
        }
        catch (RpcException exception) when (exception.Code == StatusCode.Unimplemented)
        {
            throw new RpcException(
                new Status(StatusCode.Unimplemented, $"{peer.Address} cannot be watched, as it does not serve {ServerWatch.MethodName}; a server of yours does after server.MapWatch()."),
                exception.Trailers,
                exception);
        }
    }

    private static ServerSnapshot Parse(ReadOnlySequence<byte> message)
    {
        try
        {
            var reader = new Utf8JsonReader(message);
            return JsonSerializer.Deserialize<ServerSnapshot>(ref reader, JsonSerializerOptions.Web) ?? throw new JsonException("it is null");
        }
        catch (JsonException exception)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"What the node tells of itself cannot be understood: {exception.Message}"), null, exception);
        }
    }
}
