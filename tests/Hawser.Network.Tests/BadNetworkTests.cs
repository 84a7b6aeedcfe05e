namespace Hawser.Network.Tests;

/// <summary>Real processes on two hosts whose network is slow, loses packets, goes black, or changes under them.</summary>
public abstract class BadNetworkTests(string scheme)
{
    private static readonly TimeSpan Blackout = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task With_40_ms_and_one_packet_in_a_hundred_lost_everything_goes_on()
    {
        await using var peers = await Peers.StartAsync(scheme, keepAliveInterval: 15, keepAliveTimeout: 20);

        await peers.ReportUntilAsync(static report => report is { Answered: > 500, Numbers: > 200 }, "500 calls and 200 numbers");
        var report = await peers.StopAsync();

        AssertPromisesKept(report);
        Assert.Equal((0, 0, 0), (report.NotRun, report.MayHaveRun, report.Breaks));
        Assert.InRange(report.FastestMilliseconds, 40, double.MaxValue);
    }

    [Fact]
    public async Task A_blackout_shorter_than_the_keep_alive_ends_nothing()
    {
        await using var peers = await Peers.StartAsync(scheme, keepAliveInterval: 15, keepAliveTimeout: 40);
        var before = await peers.ReportUntilAsync(static report => report is { Answered: > 50, Numbers: > 50 }, "the first calls and numbers");

        await BlackOutAsync(peers);
        await peers.ReportUntilAsync(report => report.Answered > before.Answered + 100 && report.Numbers > before.Numbers + 100, "calls and numbers after the black-out");
        var report = await peers.StopAsync();

        AssertPromisesKept(report);
        Assert.Equal((0, 0, 0), (report.NotRun, report.MayHaveRun, report.Breaks));
    }

    [Fact]
    public async Task A_blackout_longer_than_the_keep_alive_ends_calls_as_promised_and_a_new_connection_goes_on()
    {
        await using var peers = await Peers.StartAsync(scheme, keepAliveInterval: 1, keepAliveTimeout: 3);
        var before = await peers.ReportUntilAsync(static report => report is { Answered: > 50, Numbers: > 50 }, "the first calls and numbers");

        await BlackOutAsync(peers);
        await peers.ReportUntilAsync(report => report.Answered > before.Answered + 100 && report.Numbers > before.Numbers + 100, "calls and numbers after the black-out");
        var report = await peers.StopAsync();

        AssertPromisesKept(report);
        Assert.InRange(report.Breaks, 1, int.MaxValue);
        Assert.Contains("ConnectionLimits.KeepAliveTimeout", report.LastFailure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_peer_is_found_within_the_time_that_was_set()
    {
        await using var peers = await Peers.StartAsync(scheme, keepAliveInterval: 1, keepAliveTimeout: 3);
        await peers.ReportUntilAsync(static report => report is { Answered: > 50, Numbers: > 50 }, "the first calls and numbers");

        await peers.Hosts.BlackOutAsync(true);
        var report = await peers.ReportUntilAsync(static report => report.Breaks == 1, "the client to give the connection up");

        // The silence that the client measured: the interval, the timeout, and a look at the clock every half interval; a loaded machine may look late.
        Assert.InRange(SilenceOf(report.LastFailure), 3, 1 + 3 + 0.5 + 5);
    }

    [Fact]
    public async Task A_client_whose_address_changes_goes_on_long_before_keep_alive_would_find_out()
    {
        await using var peers = await Peers.StartAsync(scheme, keepAliveInterval: 600, keepAliveTimeout: 600);
        var before = await peers.ReportUntilAsync(static report => report is { Answered: > 50, Numbers: > 50 }, "the first calls and numbers");

        await peers.Hosts.MoveClientAsync();
        await peers.ReportUntilAsync(report => report.Answered > before.Answered + 100 && report.Numbers > before.Numbers + 100, "calls and numbers from the new address");

        AssertPromisesKept(await peers.StopAsync());
    }

    private static async Task BlackOutAsync(Peers peers)
    {
        await peers.Hosts.BlackOutAsync(true);

        // The time of the network is the kernel's: nothing but waiting makes it pass.
        await Task.Delay(Blackout, TimeProvider.System, TestContext.Current.CancellationToken);
        await peers.Hosts.BlackOutAsync(false);
    }

    private static void AssertPromisesKept(Report report)
    {
        Assert.Equal(new Audit(RunTwice: 0, AnsweredButNotRun: 0, RunThoughNotRun: 0), report.Audit);
        Assert.Empty(report.Surprises);
        Assert.Equal(0, report.Gaps);
    }

    private static double SilenceOf(string? failure)
    {
        const string Before = "no sign of life for ";
        Assert.Contains(Before, failure, StringComparison.Ordinal);
        var from = failure!.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return double.Parse(failure[from..failure.IndexOf(" s", from, StringComparison.Ordinal)]);
    }
}

public sealed class TcpOnBadNetwork() : BadNetworkTests("tcp");

public sealed class TlsOnBadNetwork() : BadNetworkTests("tls");

public sealed class QuicOnBadNetwork() : BadNetworkTests("quic");
