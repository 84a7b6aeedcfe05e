using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>A file's descriptor and the bytes that it was read from.</summary>
internal sealed record SchemaSource(FileDescriptorProto Proto, ReadOnlyMemory<byte> Serialized)
{
    // Field 1 of FileDescriptorSet, its only one.
    private const uint FileTag = (1 << 3) | 2;

    internal string Name => Proto.Name;

    internal static SchemaSource Parse(ReadOnlyMemory<byte> serialized)
    {
        try
        {
            var source = new SchemaSource(FileDescriptorProto.Parser.ParseFrom(serialized.Span), serialized);
            return source.Name.Length > 0 ? source : throw new SchemaException("A file descriptor has no name.");
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new SchemaException($"The bytes are not a file descriptor (google.protobuf.FileDescriptorProto): {failure.Message}", failure);
        }
    }

    /// <summary>A serialized <c>google.protobuf.FileDescriptorSet</c> of serialized files.</summary>
    internal static byte[] WriteSet(IEnumerable<ReadOnlyMemory<byte>> files)
    {
        using var output = new MemoryStream();
        using (var coded = new CodedOutputStream(output, leaveOpen: true))
        {
            foreach (var file in files)
            {
                coded.WriteTag(FileTag);
                coded.WriteBytes(UnsafeByteOperations.UnsafeWrap(file));
            }
        }

        return output.ToArray();
    }

    /// <summary>The files of a serialized <c>google.protobuf.FileDescriptorSet</c>, each with its own bytes.</summary>
    internal static List<SchemaSource> ParseSet(ReadOnlySpan<byte> descriptorSet)
    {
        // FileDescriptorSet.Parser would drop the original bytes.
        var files = new List<SchemaSource>();
        try
        {
            using var input = new CodedInputStream(descriptorSet.ToArray());
            while (input.ReadTag() is var tag and not 0)
            {
                if (tag == FileTag)
                    files.Add(Parse(input.ReadBytes().Memory));
                else
                    input.SkipLastField();
            }
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new SchemaException($"The bytes are not a descriptor set (google.protobuf.FileDescriptorSet): {failure.Message}", failure);
        }

        return files;
    }
}
