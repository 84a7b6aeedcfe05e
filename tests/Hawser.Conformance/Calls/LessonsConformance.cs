namespace Hawser.Conformance.Calls;

/// <summary>What the maintainers of the system that this one succeeds learned in the years after, as far as it concerns single calls; limits, time, loss and shutdown have classes of their own.</summary>
public abstract class LessonsConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Fact(Timeout = Hang)]
    public async Task A_clean_end_is_distinct_from_a_cut()
    {
        await using var peers = await StartAsync();
        var cut = new Signal();
        peers.Server.Map("Test/Clean", () => (Stream)new PatternStream(1000));
        peers.Server.Map("Test/Cut", () => (Stream)new PatternStream(2000) { Gate = position => position == 0 ? Task.CompletedTask : cut.Fired });

        await using var clean = await peers.Channel.DownloadAsync("Test/Clean");
        Assert.Equal(1000, await Pattern.ReadAsync(clean.AsStream()));

        await using var cutShort = await peers.Channel.DownloadAsync("Test/Cut");
        var octets = cutShort.AsStream();
        await octets.ReadExactlyAsync(new byte[1]);
        await peers.CutAsync();
        var failure = await FailureOfAsync(octets.CopyToAsync(Stream.Null));
        cut.Fire();

        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.False(failure.NotRun);
    }

    [Fact(Timeout = Hang)]
    public async Task Replies_are_read_while_a_request_body_is_still_being_uploaded()
    {
        await using var peers = await StartAsync();
        var more = new Signal();
        peers.Server.Map("Test/Exchange", (Stream octets) => octets);
        var source = new PatternStream(200_000) { Gate = position => position < 100_000 ? Task.CompletedTask : more.Fired };

        await using var reply = await peers.Channel.ExchangeAsync("Test/Exchange", new LimitedReadStream(source, 100_000));
        var octets = reply.AsStream();
        await octets.ReadExactlyAsync(new byte[100_000]);
        more.Fire();
        var rest = new byte[100_000];
        await octets.ReadExactlyAsync(rest);

        Assert.Equal(Pattern.At(199_999), rest[^1]);
        Assert.Equal(0, await octets.ReadAsync(new byte[1]));
    }

    [Fact(Timeout = Hang)]
    public async Task An_answer_may_come_before_the_body_has_been_sent()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Impatient", (Stream octets) => "enough");
        var source = new PatternStream(long.MaxValue);

        Assert.Equal("enough", await peers.Channel.UploadAsync<string>("Test/Impatient", source));
        await source.Disposed;
    }

    [Fact(Timeout = Hang)]
    public async Task The_peer_s_status_beats_what_fails_here_because_of_it()
    {
        await using var peers = await StartAsync();
        var refused = new Signal();
        peers.Server.Map("Test/Refuse", async Task (Stream octets) =>
        {
            await octets.ReadExactlyAsync(new byte[1]);
            throw new RpcException(StatusCode.PermissionDenied, "The quota is used up.");
        });
        var source = new PatternStream(1000)
        {
            Gate = position => position == 0 ? Task.CompletedTask : refused.Fired,
            Failure = new IOException("Broken pipe"),
        };

        var failure = await FailureOfAsync(peers.Channel.UploadAsync<Empty>("Test/Refuse", new LimitedReadStream(source, 1)));
        refused.Fire();

        Assert.Equal(StatusCode.PermissionDenied, failure.Code);
        Assert.Equal("The quota is used up.", failure.Status.Text);
        await source.Disposed;
    }

    [Fact(Timeout = Hang)]
    public async Task A_body_that_a_handler_leaves_unread_never_looks_like_a_crash()
    {
        await using var peers = await StartAsync(PeerSettings.With(Sizes.SmallWindows));
        peers.Server.Map("Test/LeaveOctets", async (Stream octets) => await octets.ReadAsync(new byte[10]));
        peers.Server.Map("Test/LeaveMessages", async (IAsyncEnumerable<int> numbers) =>
        {
            await foreach (var number in numbers)
                return number;
            return -1;
        });

        for (var i = 0; i < 10; i++)
        {
            Assert.NotEqual(0, await peers.Channel.UploadAsync<int>("Test/LeaveOctets", new PatternStream(long.MaxValue)));
            Assert.Equal(0, await peers.Channel.CallAsync<int, int>("Test/LeaveMessages", Streams.CountAsync(int.MaxValue)));
        }

        Assert.Single(peers.ChannelTransport.Links);
    }

    [Theory(Timeout = Hang)]
    [InlineData("succeeds")]
    [InlineData("fails")]
    [InlineData("is unknown")]
    [InlineData("is of another kind")]
    [InlineData("is cancelled before")]
    [InlineData("is cancelled in the middle")]
    [InlineData("is cut off")]
    [InlineData("cannot be connected")]
    [InlineData("is made on a disposed channel")]
    [InlineData("has a wrong name")]
    public async Task The_source_is_always_disposed_when_the_call(string ends)
    {
        await using var peers = await StartAsync();
        var running = new Signal();
        peers.Server.Map("Test/Succeed", (Stream octets) => Pattern.ReadAsync(octets));
        peers.Server.Map("Test/Fail", void (Stream octets) => throw new RpcException(StatusCode.Aborted, "no"));
        peers.Server.Map("Test/OtherKind", (string text) => text);
        peers.Server.Map("Test/Hang", async (Stream octets, CancellationToken cancellationToken) =>
        {
            running.Fire();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });
        using var cancellation = new CancellationTokenSource();
        var source = new PatternStream(ends == "succeeds" ? 100_000 : long.MaxValue);
        if (ends == "cannot be connected")
            await peers.Server.DisposeAsync();
        if (ends == "is made on a disposed channel")
            await peers.Channel.DisposeAsync();
        if (ends == "is cancelled before")
            await cancellation.CancelAsync();
        var method = ends switch
        {
            "succeeds" => "Test/Succeed",
            "fails" => "Test/Fail",
            "is unknown" => "Test/Unknown",
            "is of another kind" => "Test/OtherKind",
            "has a wrong name" => "no name",
            _ => "Test/Hang",
        };

        var call = Record.ExceptionAsync(() => peers.Channel.UploadAsync<long>(method, source, cancellation.Token).AsTask());
        if (ends is "is cancelled in the middle" or "is cut off")
            await running.Fired;
        if (ends == "is cancelled in the middle")
            await cancellation.CancelAsync();
        if (ends == "is cut off")
            await peers.CutAsync();

        Assert.Equal(ends == "succeeds", await call is null);
        await source.Disposed;
    }

    [Fact(Timeout = Hang)]
    public async Task What_a_handler_returned_is_disposed_even_if_nobody_reads_it()
    {
        await using var peers = await StartAsync();
        var source = new PatternStream(long.MaxValue);
        peers.Server.Map("Test/Download", () => (Stream)source);

        await using (var reply = await peers.Channel.DownloadAsync("Test/Download"))
            await reply.AsStream().ReadExactlyAsync(new byte[10]);

        await source.Disposed;
    }

    [Fact(Timeout = Hang)]
    public async Task Cancelling_reaches_the_other_side_and_stops_its_work()
    {
        await using var peers = await StartAsync();
        var started = new Signal();
        var stopped = new Signal();
        peers.Server.Map("Test/Work", async (CancellationToken cancellationToken) =>
        {
            started.Fire();
            _ = cancellationToken.Register(stopped.Fire);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });
        using var cancellation = new CancellationTokenSource();

        var call = peers.Channel.CallAsync<Empty>("Test/Work", cancellation.Token).AsTask();
        await started.Fired;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await stopped.Fired;
    }

    [Fact(Timeout = Hang)]
    public async Task A_silent_link_delays_nobody_else_s_handshake()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", (int number) => number);
        var silent = new List<Hawser.Transports.TransportConnection>();
        for (var i = 0; i < 20; i++)
            silent.Add(await Wire.Transport.ConnectAsync(Wire.TransportAddress(peers.Address)));

        Assert.Equal(7, await peers.Channel.CallAsync<int, int>("Test/Echo", 7));

        foreach (var link in silent)
            await link.DisposeAsync();
    }
}
