namespace Hawser.EndToEnd.Load;

/// <summary>Tests that count what this process holds, or keep the whole machine busy: one at a time, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LoadTests
{
    public const string Name = "Load";
}
