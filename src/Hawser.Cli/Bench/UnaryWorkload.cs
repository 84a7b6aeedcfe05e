namespace Hawser.Cli.Bench;

/// <summary>A unary call with the same bytes each time.</summary>
internal readonly struct UnaryWorkload(string method, ReadOnlyMemory<byte> request, CancellationToken cancellationToken) : IWorkload<ReadOnlyMemory<byte>>
{
    public bool MayBeCutOff => false;

    public ValueTask<ReadOnlyMemory<byte>> CallAsync(HawserChannel channel, Tally tally) =>
        channel.CallAsync<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(method, request, cancellationToken);

    public void Count(ReadOnlyMemory<byte> reply, Tally tally)
    {
        tally.MessagesSent++;
        tally.MessagesReceived++;
        tally.BytesSent += request.Length;
        tally.BytesReceived += reply.Length;
    }
}
