using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Hawser.Protobuf;

/// <summary>The files of one compilation by the names that imports use, within limits.</summary>
internal sealed class ProtoFileSet(ProtoSourceLimits limits)
{
    private readonly SortedDictionary<string, ProtoFile> files = new(StringComparer.Ordinal);
    private long totalBytes;

    private ProtoFileSet(ProtoFileSet other)
        : this(other.Limits)
    {
        foreach (var (name, file) in other.files)
            files.Add(name, file);
        totalBytes = other.totalBytes;
    }

    internal ProtoSourceLimits Limits { get; } = limits;

    internal IReadOnlyCollection<ProtoFile> Files => files.Values;

    internal ProtoFileSet Copy() => new(this);

    internal bool Contains(string name) => files.ContainsKey(name);

    internal ProtoFile? Find(string name) => files.GetValueOrDefault(name);

    internal void Add(ProtoFile file)
    {
        if (file.Text.Length > Limits.MaxFileBytes)
            throw TooLarge(file.GivenName, Limits);
        if (!files.TryAdd(file.Name, file))
        {
            if (!files[file.Name].Text.AsSpan().SequenceEqual(file.Text))
                throw new SchemaException($"'{file.Name}' is there twice with different text: as {files[file.Name].GivenName} and as {file.GivenName}.");
            if (file.IsCompiled)
                files[file.Name] = file;
            return;
        }

        totalBytes += file.Text.Length;
        if (files.Count > Limits.MaxFiles)
            throw new SchemaException($"There are more than {Limits.MaxFiles} .proto files ({nameof(ProtoSourceLimits)}.{nameof(Limits.MaxFiles)}).");
        if (totalBytes > Limits.MaxTotalBytes)
            throw new SchemaException($"The .proto files have more than {Limits.MaxTotalBytes} bytes together ({nameof(ProtoSourceLimits)}.{nameof(Limits.MaxTotalBytes)}).");
    }

    internal static SchemaException TooLarge(string name, ProtoSourceLimits limits) =>
        new($"{name} has more than {limits.MaxFileBytes} bytes ({nameof(ProtoSourceLimits)}.{nameof(limits.MaxFileBytes)}).");

    /// <summary>What tells this set from every other: names, texts, and which of them are compiled.</summary>
    internal string ContentHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[4];
        foreach (var file in files.Values)
        {
            // Lengths keep apart what would be the same when simply joined. The given name counts, because diagnostics have it.
            foreach (var part in (ReadOnlySpan<byte[]>)[Encoding.UTF8.GetBytes(file.Name), Encoding.UTF8.GetBytes(file.GivenName), file.Text])
            {
                BinaryPrimitives.WriteInt32LittleEndian(number, part.Length);
                hash.AppendData(number);
                hash.AppendData(part);
            }

            hash.AppendData([file.IsCompiled ? (byte)1 : (byte)0]);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
