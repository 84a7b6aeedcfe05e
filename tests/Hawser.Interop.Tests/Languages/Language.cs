using Hawser.Interop.Tests.Runs;

namespace Hawser.Interop.Tests.Languages;

/// <summary>A gRPC implementation with a server and a client for the interoperability cases.</summary>
public abstract class Language
{
    private readonly Once<string?> missing;
    private readonly Once<IReadOnlyDictionary<string, string>> limits;

    private protected Language()
    {
        missing = new(PrepareAsync);
        limits = new(AskForLimitsAsync);
    }

    /// <summary>The name as a table's heading.</summary>
    public abstract string Name { get; }

    /// <summary>What this machine lacks to run it, or null; whatever must be built first has been built when it is null.</summary>
    public Task<string?> FindMissingAsync() => missing.GetAsync();

    /// <summary>The cases that its server cannot do, each with the reason.</summary>
    public Task<IReadOnlyDictionary<string, string>> FindLimitsAsync() => limits.GetAsync();

    /// <summary>The client's name for a case against a server that cannot see compression: it does not probe for what the server cannot do.</summary>
    public virtual string? WithoutProbe(string testCase) => null;

    public override string ToString() => Name;

    internal abstract CommandLine Server { get; }

    internal abstract CommandLine Client { get; }

    /// <summary>Builds what must be built.</summary>
    /// <returns>What is missing, or null.</returns>
    private protected abstract Task<string?> PrepareAsync();

    private async Task<IReadOnlyDictionary<string, string>> AskForLimitsAsync()
    {
        var lines = (await Server.With("--limits").RunAsync()).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
    }
}
