namespace Hawser.Network.Tests;

/// <summary>
/// Two network namespaces, a client's and a server's, and a bad network between them: <c>tc netem</c> where the kernel has it, else a program that delays and drops frames.
/// </summary>
internal sealed class TwoHosts : IAsyncDisposable
{
    public const string ServerAddress = "10.91.0.2";
    private const string ClientAddress = "10.91.0.1";
    private const string NewClientAddress = "10.91.0.7";

    private static int count;

    private readonly string name = $"hawser{Environment.ProcessId}x{Interlocked.Increment(ref count)}";
    private readonly TimeSpan delay;
    private readonly double loss;
    private RunningProcess? router;

    private TwoHosts(TimeSpan delay, double loss)
    {
        this.delay = delay;
        this.loss = loss;
    }

    private string Client => name + "c";

    private string Server => name + "s";

    private string Between => name + "r";

    /// <summary>Makes the namespaces; skips the test where that cannot be, with the reason.</summary>
    /// <param name="delay">How long every packet takes, one way.</param>
    /// <param name="loss">The share of packets that are lost.</param>
    public static async Task<TwoHosts> CreateAsync(TimeSpan delay, double loss)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Network namespaces are Linux's.");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Network namespaces need root.");
        Assert.SkipUnless(File.Exists("/usr/sbin/ip") || File.Exists("/sbin/ip"), "The command 'ip' is not installed (Debian: iproute2).");
        var hosts = new TwoHosts(delay, loss);
        try
        {
            var made = await SystemCommand.TryAsync("ip", "netns", "add", hosts.Client);
            Assert.SkipUnless(made.ExitCode == 0, $"Network namespaces cannot be made here: {made.Error}");
            await hosts.ConnectAsync();
            return hosts;
        }
        catch
        {
            await hosts.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the peer's program at the server.</summary>
    public RunningProcess StartAtServer(params string[] arguments) => Start(Server, arguments);

    /// <summary>Starts the peer's program at the client.</summary>
    public RunningProcess StartAtClient(params string[] arguments) => Start(Client, arguments);

    /// <summary>From now on, or no longer, every packet is lost without a word.</summary>
    public async Task BlackOutAsync(bool isBlack)
    {
        if (router is null)
        {
            await NetemAsync(Client, "change", isBlack ? 1 : loss);
            await NetemAsync(Server, "change", isBlack ? 1 : loss);
            return;
        }

        var order = isBlack ? "blackout" : "clear";
        await router.Input.WriteLineAsync(order);
        await router.Input.FlushAsync();
        await router.Output.WaitForAsync(line => line == order, order);
    }

    /// <summary>Takes the client's address away and gives it another, as when a phone leaves the house.</summary>
    public async Task MoveClientAsync()
    {
        await IpAsync(Client, "addr", "del", ClientAddress + "/24", "dev", "net");
        await IpAsync(Client, "addr", "add", NewClientAddress + "/24", "dev", "net");
    }

    public async ValueTask DisposeAsync()
    {
        if (router is not null)
            await router.DisposeAsync();
        foreach (var host in new[] { Client, Server, Between })
            await SystemCommand.TryAsync("ip", "netns", "del", host);
    }

    private static Task IpAsync(string host, params string[] arguments) => SystemCommand.RunAsync("ip", ["-n", host, .. arguments]);

    private static string PeerProgram =>
        Repository.PathOf("tests", "Hawser.NetworkPeer", "bin", Repository.Configuration, "net10.0", "Hawser.NetworkPeer");

    private static RunningProcess Start(string host, params string[] arguments) =>
        RunningProcess.Start("ip", ["netns", "exec", host, PeerProgram, .. arguments], directory: null);

    private async Task ConnectAsync()
    {
        await SystemCommand.RunAsync("ip", "netns", "add", Server);
        await SystemCommand.RunAsync("ip", "link", "add", "net", "netns", Client, "type", "veth", "peer", "name", "net", "netns", Server);
        if (!await TryNetemAsync())
            await ConnectOverRouterAsync();
        foreach (var (host, address) in new[] { (Client, ClientAddress), (Server, ServerAddress) })
        {
            await IpAsync(host, "addr", "add", address + "/24", "dev", "net");
            await IpAsync(host, "link", "set", "net", "up");
            await IpAsync(host, "link", "set", "lo", "up");
        }
    }

    private async Task<bool> TryNetemAsync()
    {
        var added = await SystemCommand.TryAsync("tc", NetemArguments(Client, "add", loss));
        if (added.ExitCode != 0)
            return false;
        await NetemAsync(Server, "add", loss);
        return true;
    }

    private Task NetemAsync(string host, string change, double lossNow) => SystemCommand.RunAsync("tc", NetemArguments(host, change, lossNow));

    private string[] NetemArguments(string host, string change, double lossNow) =>
        ["-n", host, "qdisc", change, "dev", "net", "root", "netem", "delay", $"{delay.TotalMilliseconds}ms", "loss", $"{lossNow * 100}%"];

    private async Task ConnectOverRouterAsync()
    {
        await IpAsync(Client, "link", "del", "net");
        await SystemCommand.RunAsync("ip", "netns", "add", Between);
        await SystemCommand.RunAsync("ip", "link", "add", "net", "netns", Client, "type", "veth", "peer", "name", "left", "netns", Between);
        await SystemCommand.RunAsync("ip", "link", "add", "net", "netns", Server, "type", "veth", "peer", "name", "right", "netns", Between);
        await IpAsync(Between, "link", "set", "left", "up");
        await IpAsync(Between, "link", "set", "right", "up");
        router = Start(Between, "router", "left", "right", $"{delay.TotalMilliseconds}", $"{loss}");
        await router.Output.WaitForAsync(static line => line == "ready", "the router");
    }
}
