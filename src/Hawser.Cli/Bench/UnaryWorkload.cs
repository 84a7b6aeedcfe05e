namespace Hawser.Cli.Bench;

/// <summary>A unary call with the same bytes each time.</summary>
/// <remarks>No token goes with a call: what ends a bench early closes the channels, and so costs the calls nothing.</remarks>
internal readonly struct UnaryWorkload(string method, ReadOnlyMemory<byte> request, CallOptions options) : IWorkload<ReadOnlyMemory<byte>>
{
    public bool MayBeCutOff => false;

    public ValueTask<ReadOnlyMemory<byte>> CallAsync(HawserChannel channel, Tally tally) =>
        channel.CallAsync<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(method, request, options);

    public void Count(ReadOnlyMemory<byte> reply, Tally tally)
    {
        tally.MessagesSent++;
        tally.MessagesReceived++;
        tally.BytesSent += request.Length;
        tally.BytesReceived += reply.Length;
    }
}
