using System.Buffers;
using System.IO.Pipelines;
using Hawser.Cli.Calls;

namespace Hawser.Cli.Bench;

/// <summary>A call with streams or octets, with the same bytes each time. What moves is counted as it moves, so that a call may be cut off by the end of the bench.</summary>
/// <param name="method">What is called.</param>
/// <param name="request">The message, before the octets where the method takes both.</param>
/// <param name="octets">How many octets to send, to a method that takes them.</param>
/// <param name="messages">How many messages to send, to a method that takes a stream.</param>
/// <param name="options">Of every call; their token ends the bench.</param>
internal readonly struct StreamWorkload(
    MethodDescription method, ReadOnlyMemory<byte> request, long octets, int messages, CallOptions options) : IWorkload<Empty>
{
    private static readonly byte[] Block = new byte[256 * 1024];

    private readonly Method called = method.ToMethod();

    public bool MayBeCutOff => true;

    public async ValueTask<Empty> CallAsync(HawserChannel channel, Tally tally)
    {
        await using var call = await channel.StartAsync(called, options);
        var sending = SendAsync(call, tally);
        var receiving = ReceiveAsync(call, tally);
        await receiving;
        await sending;
        return default;
    }

    public void Count(Empty reply, Tally tally)
    {
    }

    private async Task SendAsync(ClientCall call, Tally tally)
    {
        if (method.Request is not Body.Octets and not Body.Empty)
        {
            var count = method.Request == Body.Stream ? messages : 1;
            for (var i = 1; i <= count; i++)
            {
                if (!await call.WriteAsync(new ReadOnlySequence<byte>(request), i < count ? WriteFlags.BufferHint : WriteFlags.None))
                    return;
                tally.MessagesSent++;
                tally.BytesSent += request.Length;
            }
        }

        if (method.HasRequestOctets)
            await SendOctetsAsync(call.RequestOctets, tally);
        else
            await call.CompleteAsync();
    }

    private async Task SendOctetsAsync(PipeWriter writer, Tally tally)
    {
        for (var remaining = octets; remaining > 0;)
        {
            var length = (int)Math.Min(remaining, Block.Length);
            var flushed = await writer.WriteAsync(Block.AsMemory(0, length), options.CancellationToken);
            tally.BytesSent += length;
            if (flushed.IsCompleted)
                return;
            remaining -= length;
        }

        await writer.CompleteAsync();
    }

    private async Task ReceiveAsync(ClientCall call, Tally tally)
    {
        if (method.Response != Body.Octets)
        {
            while (await call.ReadAsync())
            {
                tally.MessagesReceived++;
                tally.BytesReceived += call.Message.Length;
                if (method.Response == Body.MessageAndOctets)
                    break;
            }
        }

        if (method.HasResponseOctets)
            await ReceiveOctetsAsync(call.ResponseOctets, tally);
        else
            call.ThrowUnlessOk(options.CancellationToken);
    }

    private async Task ReceiveOctetsAsync(PipeReader reader, Tally tally)
    {
        while (true)
        {
            var read = await reader.ReadAsync(options.CancellationToken);
            tally.BytesReceived += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }
}
