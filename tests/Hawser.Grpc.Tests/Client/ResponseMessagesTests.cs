using System.Buffers;
using System.Threading.Tasks.Sources;
using FsCheck;
using FsCheck.Fluent;
using Hawser.Grpc.Client;

namespace Hawser.Grpc.Tests.Client;

/// <summary>Messages are found however a body is cut, and whatever their sizes.</summary>
public sealed class ResponseMessagesTests
{
    [Fact]
    public void Every_message_is_found_whole() => Prop.ForAll(
        Gen.Elements(0, 1, 3, 90, 4091, 4092, 4096, 16_000, 16_384, 65_536, 131_067, 131_072, 140_000, 400_000).ListOf().ToArbitrary(),
        Gen.Elements(1, 5, 100, 1000, 16_384, 100_000, 10_000_000).ToArbitrary(),
        (sizes, pieces) =>
        {
            if (pieces < 100 && sizes.Sum() > 100_000)
                return true;
            var body = sizes.SelectMany((size, number) => HttpPeer.Framed(Enumerable.Repeat((byte)number, size).ToArray())).ToArray();
            using var messages = new ResponseMessages(new CutStream(body, pieces), 500_000, encoding: null);
            for (var number = 0; number < sizes.Count; number++)
            {
                if (!messages.ReadAsync(CancellationToken.None).Result
                    || messages.Message.Length != sizes[number]
                    || messages.Message.ToArray().AsSpan().ContainsAnyExcept((byte)number))
                    return false;
            }

            return !messages.ReadAsync(CancellationToken.None).Result && messages.Wrong is null;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task The_only_message_stays_valid_while_its_end_is_looked_for(int size)
    {
        using var messages = new ResponseMessages(new CutStream(HttpPeer.Framed(new byte[size]), 2), 1000, encoding: null);

        Assert.True(await messages.ReadAsync(CancellationToken.None));
        Assert.True(await messages.ReadEndAsync(CancellationToken.None));
        Assert.Equal(size, messages.Message.Length);
    }

    [Fact]
    public async Task A_second_message_is_noticed()
    {
        using var messages = new ResponseMessages(new CutStream([.. HttpPeer.Framed([1]), .. HttpPeer.Framed([2])], 6), 1000, encoding: null);

        Assert.True(await messages.ReadAsync(CancellationToken.None));
        Assert.False(await messages.ReadEndAsync(CancellationToken.None));
    }

    [Fact]
    public async Task An_announced_length_takes_no_memory_before_it_comes()
    {
        using var messages = new ResponseMessages(new CutStream([0, 0x3F, 0, 0, 0, 1, 2, 3], 100), 1 << 30, encoding: null);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(await messages.ReadAsync(CancellationToken.None));

        Assert.Equal(StatusCode.Internal, messages.Wrong?.Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500_000);
    }

    [Fact]
    public async Task An_end_that_comes_while_it_is_looked_for_is_told_once_and_for_all()
    {
        using var messages = new ResponseMessages(new EndsWhileAwaited(), 1000, encoding: null);
        var read = messages.ReadAsync(CancellationToken.None);
        Assert.True(read.IsCompletedSuccessfully);

        Assert.False(ResponseMessages.HasFound(ref read));

        Assert.False(await read);
    }

    /// <summary>Its end is found by another thread, in the moment in which somebody begins to wait for it.</summary>
    private sealed class EndsWhileAwaited : MemoryStream, IValueTaskSource<int>
    {
        private bool hasEnded;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(this, 0);

        public int GetResult(short token) => 0;

        public ValueTaskSourceStatus GetStatus(short token) => hasEnded ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            hasEnded = true;
            var other = new Thread(() => continuation(state));
            other.Start();
            other.Join();
        }
    }

    /// <summary>Gives its bytes in pieces of a size.</summary>
    private sealed class CutStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
