using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf.Reflection;

/// <summary>The files that a server's reflection has given so far. Bounded, as a server may send what it likes.</summary>
internal sealed class ReflectedFiles
{
    private const int MaxFiles = 10_000;
    private const int MaxBytes = 64 * 1024 * 1024;

    private readonly Dictionary<string, ByteString> files = new(StringComparer.Ordinal);
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);
    private readonly Queue<string> missing = new();
    private long bytes;

    /// <summary>Asks for the file of a symbol.</summary>
    /// <returns>False when the server does not know it.</returns>
    internal Task<bool> TryAddSymbolAsync(ReflectionSession session, string symbol) =>
        TryAddAsync(session, new ServerReflectionRequest { FileContainingSymbol = symbol });

    /// <summary>Asks for what the files import and is not there yet, then links them.</summary>
    /// <exception cref="SchemaException">The files do not fit together.</exception>
    internal async Task<ProtoSchema> LinkAsync(ReflectionSession session)
    {
        while (missing.TryDequeue(out var name))
        {
            if (asked.Count >= MaxFiles)
                throw new SchemaException($"The server's reflection names more than {MaxFiles} files.");

            // One that the server does not have is found to be missing, or well known, when the files are linked.
            if (!files.ContainsKey(name) && asked.Add(name))
                _ = await TryAddAsync(session, new ServerReflectionRequest { FileByFilename = name }).ConfigureAwait(false);
        }

        return ProtoSchema.FromSerializedFiles(files.Values.Select(static file => file.Memory));
    }

    private async Task<bool> TryAddAsync(ReflectionSession session, ServerReflectionRequest request)
    {
        var answer = await session.AskAsync(request).ConfigureAwait(false);
        if (answer.MessageResponseCase != ServerReflectionResponse.MessageResponseOneofCase.FileDescriptorResponse)
            return false;
        foreach (var file in answer.FileDescriptorResponse.FileDescriptorProto)
            Add(file);
        return true;
    }

    private void Add(ByteString serialized)
    {
        FileDescriptorProto file;
        try
        {
            file = FileDescriptorProto.Parser.ParseFrom(serialized);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new SchemaException($"The server's reflection sent bytes that are no file descriptor: {failure.Message}", failure);
        }

        if (!files.TryAdd(file.Name, serialized))
            return;
        bytes += serialized.Length;
        if (files.Count > MaxFiles || bytes > MaxBytes)
            throw new SchemaException($"The server's reflection sent more than {MaxFiles} files or {MaxBytes} bytes of them.");
        foreach (var dependency in file.Dependency)
            missing.Enqueue(dependency);
    }
}
