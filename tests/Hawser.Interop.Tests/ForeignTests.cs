using Hawser.Interop.Tests.Languages;
using Hawser.Interop.Tests.Runs;

namespace Hawser.Interop.Tests;

/// <summary>The foreign programs do the cases among themselves: what they say about ours can be believed.</summary>
/// <remarks>Go's stand in the middle, because grpc-go lets both sides choose and see what is compressed.</remarks>
public sealed class ForeignTests(SharedRuns runs)
{
    public static TheoryData<string, string> Cases => [.. AllLanguages.Foreign.SelectMany(language => TestCases.All.Select(testCase => (language.Name, testCase)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_client_and_Go_s_server_agree(string language, string testCase) =>
        runs.PassesAsync(AllLanguages.Named(language), AllLanguages.Go, testCase);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Go_s_client_and_a_server_agree(string language, string testCase) =>
        runs.PassesAsync(AllLanguages.Go, AllLanguages.Named(language), testCase);
}
