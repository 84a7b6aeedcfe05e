namespace Hawser.Grpc.Protocol;

/// <summary>Gathers metadata from a peer's headers. A mutable structure: keep it in a local or a field and pass it by reference.</summary>
/// <param name="maxSize">The most that all of it may take, in bytes as <see cref="MetadataHeaders.FieldOverhead"/> tells.</param>
internal struct MetadataReader(int maxSize)
{
    private Metadata? metadata;
    private int size;

    /// <summary>What was gathered.</summary>
    public readonly Metadata Metadata => metadata ?? Metadata.Empty;

    /// <summary>The first thing that was wrong with it, or null.</summary>
    public Status? Wrong { get; private set; }

    /// <summary>Takes one header line; one that is the protocol's own is passed over.</summary>
    public void Add(string name, string value)
    {
        if (Wrong is not null || MetadataHeaders.IsReserved(name))
            return;
        if (!TryCount(name, value))
            return;
        metadata ??= new Metadata();
        Wrong = Metadata.IsBinary(name) ? AddBytes(name, value) : Refused(metadata.TryAddFromPeer(name, value));
    }

    /// <summary>Counts a line towards the size.</summary>
    /// <returns>False when that is too much; <see cref="Wrong"/> then says so.</returns>
    public bool TryCount(string name, string value)
    {
        // No overflow: every header was read under a bound of its own.
        size += MetadataHeaders.FieldOverhead + name.Length + value.Length;
        if (size <= maxSize)
            return true;
        Wrong ??= MetadataHeaders.TooLarge(size, maxSize);
        return false;
    }

    private readonly Status? AddBytes(string name, string value)
    {
        // HTTP allows to join lines of one name with commas, which base64 does not have.
        foreach (var range in value.AsSpan().Split(','))
        {
            if (MetadataHeaders.TryDecode(value.AsSpan()[range]) is not { } bytes)
                return new Status(StatusCode.Internal, $"The peer's metadata '{name}' is not base64.");
            if (Refused(metadata!.TryAddFromPeer(name, bytes)) is { } wrong)
                return wrong;
        }

        return null;
    }

    private static Status? Refused(string? reason) => reason is null ? null : new Status(StatusCode.Internal, $"The peer's metadata is wrong: {reason}.");
}
