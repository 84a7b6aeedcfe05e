using System.CommandLine;
using Hawser.Cli.Bench;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Commands;

/// <summary>The options of <c>hawser bench</c> that say what load to make.</summary>
internal sealed class BenchOptions
{
    private const int MaxConnections = 100_000;
    private const int MaxCallers = 1_000_000;
    private const int MaxRate = 100_000_000;

    private readonly Option<int?> connections = CommonOptions.CreateNumber("--connections", "How many connections; 1 by default.", 1, MaxConnections);

    private readonly Option<int?> inFlight = new("--in-flight")
    {
        Description = "How many calls are in flight on each connection, or 'all' to start all of --calls at once; 1 by default, 100 with --rate.",
        HelpName = "N|all",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (string.Equals(text, "all", StringComparison.OrdinalIgnoreCase))
                return AllInFlight;
            if (int.TryParse(text, out var number) && number is >= 1 and <= MaxCallers)
                return number;
            result.AddError($"--in-flight is '{text}'; write a whole number from 1 to {MaxCallers}, or 'all'");
            return null;
        },
    };

    private readonly Option<int?> callers = CommonOptions.CreateNumber(
        "--callers", "How many callers there are on all connections together; instead of --in-flight.", 1, MaxCallers);

    private readonly Option<int?> calls = CommonOptions.CreateNumber("--calls", "How many calls each connection makes; instead of --duration.", 1, int.MaxValue / 4);

    private readonly Option<TimeSpan?> duration = CommonOptions.CreateDuration("--duration", "How long calls are made; 5s by default.");

    private readonly Option<TimeSpan?> warmup = CommonOptions.CreateDuration(
        "--warmup", "How long calls are made before, on connections of their own, unmeasured; 2s by default, 0 for none.", mayBeZero: true);

    private readonly Option<long?> payload = CommonOptions.CreateByteSize(
        "--payload", "The size of each message when there is no JSON, or of each call's octets; 0 by default.");

    private readonly Option<int?> messages = CommonOptions.CreateNumber(
        "--messages", "How many messages each call sends to a method that takes a stream; 1 by default.", 0, int.MaxValue);

    private readonly Option<int?> rate = CommonOptions.CreateNumber(
        "--rate", "How many calls are started each second on all connections together, whether or not the ones before have ended.", 1, MaxRate);

    private const int AllInFlight = 0;

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { connections, inFlight, callers, calls, duration, warmup, payload, messages, rate })
            command.Options.Add(option);
    }

    /// <summary>The load that the options ask for.</summary>
    /// <exception cref="CommandException">They contradict each other.</exception>
    public BenchPlan ReadPlan(ParseResult parsed)
    {
        var links = parsed.GetValue(connections) ?? 1;
        var each = parsed.GetValue(inFlight);
        var total = parsed.GetValue(callers);
        var number = parsed.GetValue(calls);
        var perSecond = parsed.GetValue(rate);
        var all = each == AllInFlight;
        RefuseIf(total is not null && each is not null, "--callers and --in-flight say the same thing in two ways; give one of them");
        RefuseIf(total < links, $"--callers {total} leaves connections without a caller; give at least {links}");
        RefuseIf(all && number is null, "--in-flight all starts a number of calls at once; say how many with --calls");
        RefuseIf(all && perSecond is not null, "--in-flight all starts everything at once; it cannot have a --rate");
        RefuseIf(number is not null && parsed.GetValue(duration) is not null, "--calls and --duration each say when to stop; give one of them");
        var defaultInFlight = perSecond is null ? 1 : 100;
        return new BenchPlan
        {
            Connections = links,
            Callers = total ?? (int)Math.Min(MaxCallers, (long)links * (all ? 1 : each ?? defaultInFlight)),
            AllInFlight = all,
            CallsPerConnection = number,
            Duration = parsed.GetValue(duration) ?? TimeSpan.FromSeconds(5),
            Warmup = parsed.GetValue(warmup) ?? TimeSpan.FromSeconds(2),
            Rate = perSecond,
        };
    }

    public BenchPayload ReadPayload(ParseResult parsed) => new(parsed.GetValue(payload) ?? 0, parsed.GetValue(messages) ?? 1);

    private static void RefuseIf(bool contradiction, string sentence)
    {
        if (contradiction)
            throw new CommandException(ExitCode.Usage, sentence + "; see 'hawser bench --help'.");
    }
}
