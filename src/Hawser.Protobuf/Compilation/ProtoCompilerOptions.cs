namespace Hawser.Protobuf;

/// <summary>How <see cref="ProtoCompiler"/> runs protoc.</summary>
public sealed record ProtoCompilerOptions
{
    /// <summary>The environment variable that names protoc when <see cref="ProtocPath"/> does not.</summary>
    public const string ProtocVariable = "HAWSER_PROTOC";

    /// <summary>The path of protoc, version 24 or later. By default what <see cref="ProtocVariable"/> names, else the one beside the program.</summary>
    public string? ProtocPath { get; init; }

    /// <summary>How long one run of protoc may take. 30 seconds by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most bytes of compiled descriptors that are taken. 256 MiB by default.</summary>
    public int MaxOutputBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>How many compiled schemas are kept; those used longest ago go first. 64 by default.</summary>
    public int CachedSchemas { get; init; } = 64;

    /// <summary>How many protocs run at once; further compilations wait. As many as there are processors by default.</summary>
    public int MaxConcurrentRuns { get; init; } = Environment.ProcessorCount;

    /// <summary>The clock of <see cref="Timeout"/>. The system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
