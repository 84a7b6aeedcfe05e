using Hawser.Grpc.Client;
using Hawser.Transports;

namespace Hawser.Grpc.Tests.Client.Life;

/// <summary>The answer to a ping of ours is taken out of what a server sends, however that is cut.</summary>
public sealed class PingFilterTests
{
    private static readonly byte[] Settings = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100];
    private static readonly byte[] TheirPing = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly byte[] AnotherAnswer = [0, 0, 8, 6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    private static readonly byte[] Data = [0, 0, 20, 0, 1, 0, 0, 0, 1, .. Answer, 1, 2, 3];
    private static readonly byte[] NoPayload = [0, 0, 0, 4, 1, 0, 0, 0, 0];

    /// <summary>What a server sends back: the ping, marked as an answer.</summary>
    private static byte[] Answer
    {
        get
        {
            var answer = PingFilter.Ping.ToArray();
            answer[4] = 1;
            return answer;
        }
    }

    [Fact]
    public async Task The_answer_is_taken_out_wherever_the_bytes_are_cut()
    {
        byte[] before = [.. Settings, .. NoPayload, .. TheirPing];
        byte[] after = [.. AnotherAnswer, .. Data, .. NoPayload];
        byte[] all = [.. before, .. Answer, .. after];
        for (var first = 0; first <= all.Length; first++)
        {
            for (var second = first; second <= all.Length; second++)
            {
                var stream = new PingingStream(new Pieces(all[..first], all[first..second], all[second..]));
                var pinged = stream.PingAsync(TestContext.Current.CancellationToken);

                Assert.Equal<byte[]>([.. before, .. after], await ReadAllAsync(stream, bufferSize: 1 + (second % 40)));
                await pinged;
            }
        }
    }

    [Fact]
    public async Task What_looks_like_the_answer_passes_when_nobody_asked()
    {
        var stream = new PingingStream(new Pieces(Settings, Answer, Data));

        Assert.Equal<byte[]>([.. Settings, .. Answer, .. Data], await ReadAllAsync(stream, bufferSize: 100));
    }

    [Fact]
    public async Task Half_an_answer_at_the_end_is_passed_on()
    {
        var stream = new PingingStream(new Pieces(Settings, Answer[..12]));
        _ = stream.PingAsync(TestContext.Current.CancellationToken);

        Assert.Equal<byte[]>([.. Settings, .. Answer[..12]], await ReadAllAsync(stream, bufferSize: 100));
    }

    [Fact]
    public async Task A_ping_is_sent_once_however_many_wait_for_its_answer()
    {
        var pieces = new Pieces(Answer);
        var stream = new PingingStream(pieces);

        var waiting = Enumerable.Range(0, 5).Select(_ => stream.PingAsync(TestContext.Current.CancellationToken)).ToArray();
        await ReadAllAsync(stream, bufferSize: 100);
        await Task.WhenAll(waiting);

        Assert.Equal(PingFilter.Ping.ToArray(), pieces.Written);
    }

    [Fact]
    public async Task A_server_that_goes_away_is_noticed()
    {
        byte[] goAway = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        var stream = new PingingStream(new Pieces(Settings, goAway));

        Assert.False(stream.IsGoingAway);
        await ReadAllAsync(stream, bufferSize: 7);

        Assert.True(stream.IsGoingAway);
    }

    private static async Task<byte[]> ReadAllAsync(Stream stream, int bufferSize)
    {
        var all = new List<byte>();
        var buffer = new byte[bufferSize];
        while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is var count and > 0)
            all.AddRange(buffer.AsSpan(0, count));
        return [.. all];
    }

    /// <summary>A stream that gives at most a piece at a time.</summary>
    private sealed class Pieces(params byte[][] pieces) : DuplexStream
    {
        private readonly Queue<byte[]> left = new(pieces.Where(static piece => piece.Length > 0));
        private readonly List<byte> written = [];

        internal byte[] Written => [.. written];

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left.Count % 2 == 0)
                await Task.Yield();
            if (!left.TryPeek(out var piece))
                return 0;
            var count = Math.Min(piece.Length, buffer.Length);
            piece.AsMemory(0, count).CopyTo(buffer);
            left.Dequeue();
            if (count < piece.Length)
            {
                var others = left.ToArray();
                left.Clear();
                left.Enqueue(piece[count..]);
                foreach (var other in others)
                    left.Enqueue(other);
            }

            return count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            written.AddRange(buffer.Span);
            return default;
        }
    }
}
