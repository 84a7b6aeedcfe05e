using System.Buffers;
using System.Runtime.CompilerServices;

namespace Hawser.Tests.Channels.Life;

/// <summary>Streams that outlive their connections.</summary>
public sealed class ResumeTests : ChannelTest
{
    private int asked;

    [Fact(Timeout = Hang)]
    public async Task A_stream_goes_on_after_the_last_reply_whenever_its_connection_is_lost()
    {
        await ServeAsync(map: MapNumbers);
        var channel = Connect();
        var got = new List<int>();

        await foreach (var number in channel.ResumeAsync<int, int>("Test/After", 0, static last => last))
        {
            got.Add(number);
            if (number % 10 == 0)
            {
                Clock.Advance(TimeSpan.FromMinutes(1));
                Network.Cut();
            }

            if (number == 50)
                break;
        }

        Assert.Equal(Enumerable.Range(1, 50), got);
        Assert.Equal(5, asked);
    }

    [Fact(Timeout = Hang)]
    public async Task It_waits_for_a_server_that_is_away_and_gives_nothing_twice()
    {
        var server = await ServeAsync(map: MapNumbers);
        var channel = Connect();
        await using var numbers = channel.ResumeAsync<int, int>("Test/After", 0, static last => last).GetAsyncEnumerator();
        Assert.True(await numbers.MoveNextAsync());

        // What had arrived before the loss is still given; what follows it comes from the next server.
        await server.DisposeAsync();
        var last = 1;
        var next = numbers.MoveNextAsync().AsTask();
        while (next.IsCompleted && await next)
        {
            Assert.Equal(++last, numbers.Current);
            next = numbers.MoveNextAsync().AsTask();
        }

        await ServeAsync(map: MapNumbers);
        while (!next.IsCompleted)
        {
            // Not while an attempt is under way: its time would run out.
            await EventuallyAsync(() => next.IsCompleted || channel.State == ChannelState.BackingOff);
            Clock.Advance(Delay);
        }

        Assert.True(await next);
        Assert.Equal(last + 1, numbers.Current);
    }

    [Fact(Timeout = Hang)]
    public async Task Another_status_ends_it()
    {
        var server = await ServeAsync();
        server.Map("Test/Fails", FailingAsync);
        var got = new List<int>();

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var number in Connect().ResumeAsync<int, int>("Test/Fails", 0, static last => last))
                got.Add(number);
        });

        Assert.Equal(StatusCode.DataLoss, failure.Code);
        Assert.Equal([1], got);
        Assert.Equal(1, asked);
    }

    [Fact(Timeout = Hang)]
    public async Task The_end_of_the_method_is_the_end()
    {
        var server = await ServeAsync();
        server.Map("Test/Few", (int after) => ToAsync(Enumerable.Range(after + 1, 3)));

        Assert.Equal([1, 2, 3], await ToListAsync(Connect().ResumeAsync<int, int>("Test/Few", 0, static last => last)));
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_is_unavailable_by_its_own_word_is_asked_again_once_and_then_after_the_delay_from_the_same_place()
    {
        var server = await ServeAsync();
        server.Map("Test/Busy", (int after) => ++asked < 4 ? throw new RpcException(StatusCode.Unavailable, "not now") : ToAsync([after + 1]));

        var reading = ToListAsync(Connect().ResumeAsync<int, int>("Test/Busy", 6, static last => last));
        for (var attempt = 2; attempt < 4; attempt++)
        {
            await EventuallyAsync(() => Clock.UntilNextTimer == Delay);
            Assert.Equal(attempt, asked);
            Clock.Advance(Delay);
        }

        Assert.Equal([7], await reading);
        Assert.Equal(4, asked);
    }

    [Fact(Timeout = Hang)]
    public async Task Where_nobody_listens_the_first_call_fails_at_once()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await ToListAsync(Connect().ResumeAsync<int, int>("Test/After", 0, static last => last)));
        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
    }

    [Fact(Timeout = Hang)]
    public async Task A_channel_that_is_closed_ends_it()
    {
        await ServeAsync(map: MapNumbers);
        var channel = Connect();
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var number in channel.ResumeAsync<int, int>("Test/After", 0, static last => last))
            {
                if (number == 1)
                    await channel.DisposeAsync();
            }
        });

        Assert.Contains("disposed", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task The_timeout_counts_from_the_first_call_on()
    {
        var server = await ServeAsync(map: MapNumbers);
        var channel = Connect();
        await using var numbers = channel.ResumeAsync<int, int>("Test/After", 0, static last => last, new CallOptions { Timeout = TimeSpan.FromMinutes(1) }).GetAsyncEnumerator();
        Assert.True(await numbers.MoveNextAsync());
        await server.DisposeAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
            {
                var next = numbers.MoveNextAsync().AsTask();
                while (!next.IsCompleted)
                {
                    Clock.Advance(Delay);
                    await Task.Yield();
                }

                await next;
            }
        });

        Assert.Equal(StatusCode.DeadlineExceeded, failure.Code);
    }

    [Fact(Timeout = Hang)]
    public async Task A_token_ends_the_wait_for_the_server()
    {
        var server = await ServeAsync(map: MapNumbers);
        using var cancellation = new CancellationTokenSource();
        await using var numbers = Connect().ResumeAsync<int, int>("Test/After", 0, static last => last, cancellation.Token).GetAsyncEnumerator();
        Assert.True(await numbers.MoveNextAsync());
        await server.DisposeAsync();
        var next = numbers.MoveNextAsync().AsTask();
        while (next.IsCompleted && await next)
            next = numbers.MoveNextAsync().AsTask();

        await cancellation.CancelAsync();

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        Assert.Equal(cancellation.Token, failure.CancellationToken);
    }

    [Fact]
    public void Borrowed_replies_are_refused()
    {
        var failure = Assert.Throws<ArgumentException>(() => Connect().ResumeAsync<int, ReadOnlySequence<byte>>("Test/After", 0, static _ => 0));
        Assert.Contains("byte[]", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Gives what follows a number up to the next ten, and then nothing more, without an end.</summary>
    private void MapNumbers(HawserServer server) => server.Map("Test/After", (int after, CancellationToken cancellationToken) =>
    {
        Interlocked.Increment(ref asked);
        return UpToTenAsync(after, cancellationToken);
    });

    private static async IAsyncEnumerable<int> UpToTenAsync(int after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
            yield return ++after;
        while (after % 10 != 0);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    private async IAsyncEnumerable<int> FailingAsync(int after)
    {
        Interlocked.Increment(ref asked);
        await Task.Yield();
        yield return after + 1;
        throw new RpcException(StatusCode.DataLoss, "the rest is gone");
    }

    private static async IAsyncEnumerable<int> ToAsync(IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            await Task.Yield();
            yield return number;
        }
    }

    private static async Task<List<int>> ToListAsync(IAsyncEnumerable<int> numbers)
    {
        var all = new List<int>();
        await foreach (var number in numbers)
            all.Add(number);
        return all;
    }
}
