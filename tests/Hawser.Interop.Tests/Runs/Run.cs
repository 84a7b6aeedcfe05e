using Hawser.Interop.Tests.Languages;

namespace Hawser.Interop.Tests.Runs;

/// <summary>All cases, by one client against one server.</summary>
internal static class Run
{
    /// <summary>Runs them, in one process on either side.</summary>
    public static async Task<IReadOnlyDictionary<string, Outcome>> AllCasesAsync(Language client, Language server)
    {
        var limits = await server.FindLimitsAsync();
        var outcomes = new Dictionary<string, Outcome>(StringComparer.Ordinal);
        var names = new List<string>();
        foreach (var testCase in TestCases.All)
        {
            if (!limits.TryGetValue(testCase, out var reason))
                names.Add(testCase);
            else if (client.WithoutProbe(testCase) is { } other)
                names.Add(other);
            else
                outcomes[testCase] = new(Verdict.NotPossible, reason);
        }

        await using var running = await ServerProgram.StartAsync(server);
        var seen = await CasesAsync(client, running, names);
        foreach (var testCase in TestCases.All)
        {
            if (seen.TryGetValue(testCase, out var outcome))
                outcomes[testCase] = outcome;
            else if (client.WithoutProbe(testCase) is { } other && seen.TryGetValue(other, out outcome))
                outcomes[testCase] = outcome.Verdict == Verdict.Passed ? new(Verdict.Partly, limits[testCase]) : outcome;
        }

        return outcomes;
    }

    /// <summary>Runs some cases against a server that runs.</summary>
    public static async Task<IReadOnlyDictionary<string, Outcome>> CasesAsync(Language client, ServerProgram server, IEnumerable<string> names, params string[] arguments)
    {
        var result = await client.Client.With(["--server_port", server.Port, "--test_case", string.Join(',', names), .. arguments]).RunAsync();
        var outcomes = result.Lines.Select(line => line.Split(": ", 3)).Where(parts => parts.Length > 1).ToDictionary(parts => parts[0], OutcomeOf, StringComparer.Ordinal);
        foreach (var name in names)
            outcomes.TryAdd(name, new(Verdict.Failed, $"the client in {client} said nothing about it, ended with exit code {result.ExitCode}, and wrote: {result.Error}"));
        return outcomes;
    }

    private static Outcome OutcomeOf(string[] parts) => parts[1] switch
    {
        "passed" => new(Verdict.Passed),
        "not possible" => new(Verdict.Partly, parts[2]),
        _ => new(Verdict.Failed, string.Join(": ", parts[1..])),
    };
}
