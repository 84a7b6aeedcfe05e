using Hawser.Interop.Tests.Languages;
using Hawser.Interop.Tests.Runs;

namespace Hawser.Interop.Tests;

/// <summary>Everybody's clients can call our server.</summary>
public sealed class OurServerTests(SharedRuns runs)
{
    public static TheoryData<string, string> Cases => ForeignTests.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_foreign_client_and_our_server_agree(string language, string testCase) =>
        runs.PassesAsync(AllLanguages.Named(language), AllLanguages.Ours, testCase);
}
