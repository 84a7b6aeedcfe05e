using Hawser.Interop.Tests.Languages;
using Hawser.Interop.Tests.Runs;

namespace Hawser.Interop.Tests;

/// <summary>Our client can call everybody's servers, and ours.</summary>
public sealed class OurClientTests(SharedRuns runs)
{
    public static TheoryData<string, string> Cases => ForeignTests.Cases;

    public static TheoryData<string> AllCases => [.. TestCases.All];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Our_client_and_a_foreign_server_agree(string language, string testCase) =>
        runs.PassesAsync(AllLanguages.Ours, AllLanguages.Named(language), testCase);

    [Theory]
    [MemberData(nameof(AllCases))]
    public Task Our_client_and_our_server_agree(string testCase) =>
        runs.PassesAsync(AllLanguages.Ours, AllLanguages.Ours, testCase);
}
