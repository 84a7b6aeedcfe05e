using System.IO.Compression;

namespace Hawser.Protobuf;

/// <summary>Reads the <c>.proto</c> files of a zip. What a header says of sizes is not believed: bytes are counted as they are unpacked.</summary>
internal static class ProtoZip
{
    internal static Dictionary<string, byte[]> Read(Stream zip, string name, ProtoSourceLimits limits)
    {
        // A copy, because the archive is read from its end, and because its packed size has a limit as well.
        using var packed = new MemoryStream(BoundedReading.ReadAll(
            zip,
            limits.MaxTotalBytes,
            () => new SchemaException($"{name} has more than {limits.MaxTotalBytes} bytes ({nameof(ProtoSourceLimits)}.{nameof(limits.MaxTotalBytes)}).")));
        try
        {
            using var archive = new ZipArchive(packed, ZipArchiveMode.Read);
            if (archive.Entries.Count > limits.MaxFiles)
                throw new SchemaException($"{name} has {archive.Entries.Count} entries; at most {limits.MaxFiles} are taken ({nameof(ProtoSourceLimits)}.{nameof(limits.MaxFiles)}).");
            return Read(archive, name, limits);
        }
        catch (InvalidDataException failure)
        {
            throw new SchemaException($"{name} is not a zip that can be read: {failure.Message}", failure);
        }
    }

    private static Dictionary<string, byte[]> Read(ZipArchive archive, string name, ProtoSourceLimits limits)
    {
        var texts = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var total = 0L;
        foreach (var entry in archive.Entries)
        {
            // Folders end with a slash. macOS packs a shadow of each file, which is no text.
            if (!ProtoFileName.IsProto(entry.FullName) || entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal))
                continue;
            var path = ProtoFileName.Checked(entry.FullName, name);
            using var content = entry.Open();
            var text = BoundedReading.ReadAll(content, limits.MaxFileBytes, () => ProtoFileSet.TooLarge($"{path} in {name}", limits));
            total += text.Length;
            if (total > limits.MaxTotalBytes)
                throw new SchemaException($"The .proto files of {name} have more than {limits.MaxTotalBytes} bytes ({nameof(ProtoSourceLimits)}.{nameof(limits.MaxTotalBytes)}).");
            if (!texts.TryAdd(path, text))
                throw new SchemaException($"{name} has '{path}' twice.");
        }

        return texts.Count > 0 ? texts : throw new SchemaException($"{name} has no .proto files.");
    }
}
