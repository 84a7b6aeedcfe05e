using Hawser.Conformance.Calls;
using Hawser.Transports;

namespace Hawser.Conformance.Transports;

/// <summary>What every transport promises its users about links and lanes. A transport is done when a subclass of this passes.</summary>
public abstract class TransportConformance(TransportUnderTest transport) : IDisposable
{
    /// <summary>More than a transport takes in while nobody reads, with all the buffers between the two.</summary>
    protected const int MoreThanTheKernelHolds = 64 * 1024 * 1024;

    protected TransportUnderTest Transport => transport;

    [Theory(Timeout = Hang)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Bytes_arrive_whole_and_in_order_whatever_the_sizes_of_writes_and_reads(int seed)
    {
        var random = new Random(seed);
        var sent = new byte[3_000_000];
        random.NextBytes(sent);
        await using var link = await transport.LinkAsync();

        var writing = Task.Run(() => WriteInRandomPiecesAsync(link.ClientLane, sent, random));
        var received = await link.ServerLane.ReadToEndAsync(bufferSize: 1 + new Random(seed).Next(100_000));
        await writing;

        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact(Timeout = Hang)]
    public async Task A_gathered_write_of_thousands_of_buffers_arrives_whole()
    {
        var sent = new byte[5_000 * 7];
        new Random(1).NextBytes(sent);
        await using var link = await transport.LinkAsync();
        var buffers = Enumerable.Range(0, 5_000).Select(index => new ArraySegment<byte>(sent, index * 7, 7)).ToList();

        var reading = link.ServerLane.ReadExactlyAsync(sent.Length);
        await link.ClientLane.WriteAsync(buffers);

        Assert.Equal(sent, await reading);
    }

    [Fact(Timeout = Hang)]
    public async Task Memory_without_an_array_can_be_written_and_read()
    {
        using var source = new NativeBuffer(1000);
        using var target = new NativeBuffer(1000);
        new Random(1).NextBytes(source.Memory.Span);
        await using var link = await transport.LinkAsync();

        var reading = link.ServerLane.ReadAsync(target.Memory);
        await link.ClientLane.WriteAsync(source.Memory);
        var count = await reading;

        Assert.True(count > 0);
        Assert.True(source.Memory.Span[..count].SequenceEqual(target.Memory.Span[..count]));
    }

    [Fact(Timeout = Hang)]
    public async Task Reading_and_writing_go_on_at_the_same_time_on_both_sides()
    {
        var sent = new byte[4_000_000];
        new Random(1).NextBytes(sent);
        await using var link = await transport.LinkAsync();

        var writing = Task.WhenAll(Task.Run(() => WriteAndEndAsync(link.ClientLane, sent)), Task.Run(() => WriteAndEndAsync(link.ServerLane, sent)));
        var received = await Task.WhenAll(link.ClientLane.ReadToEndAsync(), link.ServerLane.ReadToEndAsync());
        await writing;

        Assert.All(received, one => Assert.True(sent.AsSpan().SequenceEqual(one)));
    }

    [Fact(Timeout = Hang)]
    public async Task A_side_that_has_ended_still_reads()
    {
        await using var link = await transport.LinkAsync();

        await link.ClientLane.CompleteWritesAsync();
        Assert.Empty(await link.ServerLane.ReadToEndAsync());
        var writing = WriteAndEndAsync(link.ServerLane, new byte[100_000]);

        Assert.Equal(100_000, (await link.ClientLane.ReadToEndAsync()).Length);
        await writing;
    }

    [Fact(Timeout = Hang)]
    public async Task The_end_is_given_again_to_whoever_reads_again()
    {
        await using var link = await transport.LinkAsync();

        await link.ClientLane.CompleteWritesAsync();

        Assert.Equal(0, await link.ServerLane.ReadAsync(new byte[1]));
        Assert.Equal(0, await link.ServerLane.ReadAsync(new byte[1]));
    }

    [Fact(Timeout = Hang)]
    public async Task A_slow_reader_makes_the_writer_wait()
    {
        await using var link = await transport.LinkAsync();

        var writing = link.ClientLane.WriteAsync(new byte[MoreThanTheKernelHolds]).AsTask();
        await link.ServerLane.ReadExactlyAsync(MoreThanTheKernelHolds / 4);

        Assert.False(writing.IsCompleted);
        await link.ServerLane.ReadExactlyAsync(MoreThanTheKernelHolds / 4 * 3);
        await writing;
    }

    [Fact(Timeout = Hang)]
    public async Task Abort_fails_what_is_pending_on_this_side()
    {
        await using var link = await transport.LinkAsync();
        var reading = link.ClientLane.ReadAsync(new byte[1]).AsTask();
        var writing = link.ClientLane.WriteAsync(new byte[MoreThanTheKernelHolds]).AsTask();

        link.ClientLane.Abort(7);

        await Assert.ThrowsAnyAsync<IOException>(() => reading);
        await Assert.ThrowsAnyAsync<IOException>(() => writing);
    }

    [Fact(Timeout = Hang)]
    public async Task Abort_fails_what_is_pending_on_the_other_side()
    {
        await using var link = await transport.LinkAsync();
        var writing = link.ServerLane.WriteAsync(new byte[MoreThanTheKernelHolds]).AsTask();
        await link.ClientLane.ReadExactlyAsync(1);
        var reading = link.ServerLane.ReadAsync(new byte[1]).AsTask();

        link.ClientLane.Abort(7);

        await Assert.ThrowsAnyAsync<IOException>(() => writing);
        var ended = await Record.ExceptionAsync(() => reading);
        if (transport.TellsAbortFromEnd)
            Assert.IsAssignableFrom<IOException>(ended);
    }

    [Fact(Timeout = Hang)]
    public async Task After_an_abort_this_side_can_neither_read_nor_write()
    {
        await using var link = await transport.LinkAsync();

        link.ClientLane.Abort(7);

        await Assert.ThrowsAnyAsync<IOException>(() => link.ClientLane.ReadAsync(new byte[1]).AsTask());
        await Assert.ThrowsAnyAsync<IOException>(() => link.ClientLane.WriteAsync(new byte[1]).AsTask());
        await Assert.ThrowsAnyAsync<IOException>(() => link.ClientLane.WriteAsync([new byte[1], new byte[2]]).AsTask());
        await Assert.ThrowsAnyAsync<IOException>(() => link.ClientLane.CompleteWritesAsync().AsTask());
    }

    [Fact(Timeout = Hang)]
    public async Task An_abort_is_not_taken_for_an_end()
    {
        Assert.SkipUnless(transport.TellsAbortFromEnd, "This transport tells the peer of an abort nothing else than of an end.");
        await using var link = await transport.LinkAsync();
        var reading = link.ServerLane.ReadAsync(new byte[1]).AsTask();

        link.ClientLane.Abort(7);

        await Assert.ThrowsAnyAsync<IOException>(() => reading);
    }

    [Fact(Timeout = Hang)]
    public async Task Aborting_and_disposing_many_times_from_many_threads_is_harmless()
    {
        for (var round = 0; round < 50; round++)
        {
            var link = await transport.LinkAsync();
            var reading = link.ClientLane.ReadAsync(new byte[1]).AsTask();

            await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Task.Run(async () =>
            {
                if (index % 2 == 0)
                    link.ClientLane.Abort(index);
                else
                    await link.Client.DisposeAsync();
            })));

            await Assert.ThrowsAnyAsync<IOException>(() => reading);
            await link.DisposeAsync();
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Disposing_fails_what_is_pending()
    {
        await using var link = await transport.LinkAsync();
        var reading = link.ClientLane.ReadAsync(new byte[1]).AsTask();

        await link.Client.DisposeAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => reading);
        await Assert.ThrowsAnyAsync<IOException>(() => link.ClientLane.WriteAsync(new byte[1]).AsTask());
    }

    [Fact(Timeout = Hang)]
    public async Task What_was_written_and_ended_arrives_after_the_writer_is_disposed()
    {
        await using var link = await transport.LinkAsync();
        var reading = link.ServerLane.ReadToEndAsync();

        await WriteAndEndAsync(link.ClientLane, new byte[50_000]);
        await link.Client.DisposeAsync();

        Assert.Equal(50_000, (await reading).Length);
    }

    private static async Task WriteAndEndAsync(Lane lane, byte[] bytes)
    {
        await lane.WriteAsync(bytes);
        await lane.CompleteWritesAsync();
    }

    private static async Task WriteInRandomPiecesAsync(Lane lane, byte[] bytes, Random random)
    {
        for (var at = 0; at < bytes.Length;)
        {
            if (random.Next(2) == 0)
            {
                var count = Math.Min(bytes.Length - at, 1 + random.Next(random.Next(2) == 0 ? 100 : 200_000));
                await lane.WriteAsync(bytes.AsMemory(at, count));
                at += count;
                continue;
            }

            var pieces = new List<ArraySegment<byte>>();
            for (var left = 1 + random.Next(20); left > 0 && at < bytes.Length; left--)
            {
                var count = Math.Min(bytes.Length - at, 1 + random.Next(30_000));
                pieces.Add(new ArraySegment<byte>(bytes, at, count));
                at += count;
            }

            await lane.WriteAsync(pieces);
        }

        await lane.CompleteWritesAsync();
    }

    public void Dispose()
    {
        transport.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = Hang)]
    public async Task A_side_that_ends_while_bytes_arrive_still_reads_every_one()
    {
        for (var round = 0; round < 30; round++)
        {
            await using var link = await Transport.LinkAsync();
            var sent = Pattern.Bytes(400_000);
            var sending = Task.Run(async () =>
            {
                for (var at = 0; at < sent.Length; at += 1_000)
                    await link.ServerLane.WriteAsync(sent.AsMemory(at, 1_000));
                await link.ServerLane.CompleteWritesAsync();
            });

            // The first bytes are under way when the end is said, at another place in each round.
            var received = new byte[sent.Length + 1];
            var count = 0;
            for (var before = 0; before < round * 10; before++)
                count += await link.ClientLane.ReadAsync(received.AsMemory(count));
            var reading = Task.Run(async () =>
            {
                while (await link.ClientLane.ReadAsync(received.AsMemory(count)) is var more and > 0)
                    count += more;
            });
            await link.ClientLane.CompleteWritesAsync();

            await Task.WhenAll(sending, reading);
            Assert.Equal(sent, received[..count]);
            Assert.Equal(0, await link.ServerLane.ReadAsync(new byte[1]));
        }
    }
}
