using System.Text.Json;

namespace Hawser.Network.Tests;

/// <summary>A server and a client that calls it without pause, each at its host.</summary>
internal sealed class Peers : IAsyncDisposable
{
    private const int Port = 4772;

    private readonly RunningProcess _server;
    private readonly RunningProcess _client;

    private Peers(TwoHosts hosts, RunningProcess server, RunningProcess client)
    {
        Hosts = hosts;
        _server = server;
        _client = client;
    }

    public TwoHosts Hosts { get; }

    /// <summary>Starts both, 20 ms apart each way, with one packet in a hundred lost; skips the test where its transport or its network cannot be had.</summary>
    /// <param name="scheme">The transport's.</param>
    /// <param name="keepAliveInterval">The client's, in seconds.</param>
    /// <param name="keepAliveTimeout">The client's, in seconds.</param>
    public static async Task<Peers> StartAsync(string scheme, double keepAliveInterval, double keepAliveTimeout)
    {
        var hosts = await TwoHosts.CreateAsync(TimeSpan.FromMilliseconds(20), loss: 0.01);
        var address = $"{scheme}://{TwoHosts.ServerAddress}:{Port}";
        var server = hosts.StartAtServer("server", address);
        RunningProcess? client = null;
        try
        {
            var said = await server.Output.WaitForAsync(static line => line == "ready" || line.StartsWith("without ", StringComparison.Ordinal), "the server");
            Assert.SkipWhen(said != "ready", said);
            client = hosts.StartAtClient("client", address, $"{keepAliveInterval}", $"{keepAliveTimeout}");
            await client.Output.WaitForAsync(static line => line == "connected", "the client to connect");
            return new Peers(hosts, server, client);
        }
        catch
        {
            if (client is not null)
                await client.DisposeAsync();
            await server.DisposeAsync();
            await hosts.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the client has seen so far.</summary>
    public Task<Report> ReportAsync() => OrderAsync("report");

    /// <summary>Stops the client.</summary>
    /// <returns>What it has seen, with the server's view.</returns>
    public Task<Report> StopAsync() => OrderAsync("stop");

    /// <summary>Asks the client until it has seen something.</summary>
    public async Task<Report> ReportUntilAsync(Func<Report, bool> wanted, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        Report report;
        while (!wanted(report = await ReportAsync()))
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience.Limit)
                throw new TimeoutException($"Waited {Patience.Limit.TotalSeconds:0} s in vain for {what}; the client last said {report}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return report;
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
        await Hosts.DisposeAsync();
    }

    private async Task<Report> OrderAsync(string order)
    {
        await _client.Input.WriteLineAsync(order);
        await _client.Input.FlushAsync();
        var line = await _client.Output.WaitForAsync(static line => line.StartsWith('{'), $"the client's answer to '{order}'");
        return JsonSerializer.Deserialize<Report>(line)!;
    }
}
