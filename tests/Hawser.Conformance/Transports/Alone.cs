namespace Hawser.Conformance.Transports;

/// <summary>Tests that measure the process as a whole; nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
