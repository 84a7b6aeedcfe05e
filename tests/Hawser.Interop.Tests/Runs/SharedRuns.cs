using System.Collections.Concurrent;
using Hawser.Interop.Tests.Languages;
using Hawser.Interop.Tests.Runs;

[assembly: AssemblyFixture(typeof(SharedRuns))]

namespace Hawser.Interop.Tests.Runs;

/// <summary>Runs each client against each server at most once for all tests: a test looks at one case of a run.</summary>
public sealed class SharedRuns
{
    private readonly ConcurrentDictionary<(Language Client, Language Server), Once<IReadOnlyDictionary<string, Outcome>>> runs = [];

    /// <summary>Skips the test, with the reason, when this machine cannot run one of its languages.</summary>
    internal static async Task SkipIfMissingAsync(params IEnumerable<Language> languages)
    {
        foreach (var language in languages)
        {
            if (await language.FindMissingAsync() is { } missing)
                Assert.Skip(missing);
        }
    }

    internal Task<IReadOnlyDictionary<string, Outcome>> OfAsync(Language client, Language server) =>
        runs.GetOrAdd((client, server), static pair => new(() => Run.AllCasesAsync(pair.Client, pair.Server))).GetAsync();

    /// <summary>Asserts that nothing was wrong with a case; skips where a language is missing, or cannot do it at all.</summary>
    internal async Task PassesAsync(Language client, Language server, string testCase)
    {
        await SkipIfMissingAsync(client, server);
        var outcome = (await OfAsync(client, server))[testCase];
        Assert.SkipWhen(outcome.Verdict == Verdict.NotPossible, outcome.Reason ?? "");
        Assert.True(outcome.Verdict != Verdict.Failed, $"{testCase} with {client}'s client and {server}'s server {outcome.Reason}");
    }
}
