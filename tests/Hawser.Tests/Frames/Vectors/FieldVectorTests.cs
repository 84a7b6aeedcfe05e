using System.Buffers;
using System.Globalization;
using Hawser.Frames;

namespace Hawser.Tests.Frames.Vectors;

/// <summary>The vectors of <c>docs/wire.md</c> for what frames are made of, checked both ways.</summary>
public sealed class FieldVectorTests
{
    public static IEnumerable<TheoryDataRow<string>> Numbers => Vector.Named("varint", "varint-read-only");

    public static IEnumerable<TheoryDataRow<string>> Hellos => Vector.Named("hello", "hello-read-only");

    public static IEnumerable<TheoryDataRow<string>> Metadatas => Vector.Named("metadata");

    public static IEnumerable<TheoryDataRow<string>> Shapes => Vector.Named("shape");

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_are_written_and_read_as_the_document_says(string name)
    {
        var vector = Vector.All[name];
        var value = ulong.Parse(vector.Means, CultureInfo.InvariantCulture);
        Assert.Equal(vector.Bytes.Length, Varint.Read(vector.Bytes, out var read));
        Assert.Equal(value, read);
        if (vector.Kind == "varint-read-only")
            return;
        Span<byte> output = stackalloc byte[Varint.MaxSize];
        Assert.Equal(vector.Bytes, output[..Varint.Write(output, value)].ToArray());
        Assert.Equal(vector.Bytes.Length, Varint.SizeOf(value));
    }

    [Fact]
    public void The_preface_is_written_and_read_as_the_document_says()
    {
        var vector = Vector.All["preface"];
        var output = new byte[Preface.Size];
        Preface.Write(output);
        Assert.Equal(vector.Bytes, output);
        Assert.True(Preface.CanBecome(vector.Bytes));
        Assert.Equal(vector.Means, $"version {Preface.ReadVersion(vector.Bytes)}");
    }

    [Theory]
    [MemberData(nameof(Hellos))]
    public void Hellos_are_written_and_read_as_the_document_says(string name)
    {
        var vector = Vector.All[name];
        var hello = Hello.Read(vector.Bytes);
        Assert.Equal(
            vector.Means,
            $"MaxMessageSize {hello.MaxMessageSize}, MaxMetadataSize {hello.MaxMetadataSize}, MaxCallsInFlight {hello.MaxCallsInFlight}, CallWindow {hello.CallWindow}, "
            + $"ConnectionWindow {hello.ConnectionWindow}, GivesUpAfter {hello.GivesUpAfter}, IdleTimeout {hello.IdleTimeout}, Acknowledgements {hello.Acknowledgements}, "
            + $"TakesMetadata {(hello.TakesMetadata ? 1 : 0)}, Metadata {(hello.Metadata.Count == 0 ? "none" : Show(hello.Metadata))}, Software {hello.Software}".TrimEnd());
        if (vector.Kind == "hello-read-only")
            return;
        var output = new ArrayBufferWriter<byte>();
        hello.Write(output);
        Assert.Equal(vector.Bytes, output.WrittenSpan);
        Assert.Equal(hello, Hello.From(new ConnectionLimits()) with { Software = "hawser/1" });
    }

    [Theory]
    [MemberData(nameof(Metadatas))]
    public void Metadata_is_written_and_read_as_the_document_says(string name)
    {
        var vector = Vector.All[name];
        ReadOnlySpan<byte> input = vector.Bytes;
        var metadata = MetadataBlock.Read(ref input);
        Assert.True(input.IsEmpty);
        Assert.Equal(vector.Means, Show(metadata));
        var output = new byte[MetadataBlock.SizeOf(metadata)];
        Assert.Equal(output.Length, MetadataBlock.Write(output, metadata));
        Assert.Equal(vector.Bytes, output);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Shapes_are_written_and_read_as_the_document_says(string name)
    {
        var vector = Vector.All[name];
        Varint.Read(vector.Bytes, out var shape);
        var method = RouteShape.ToMethod("A/B", shape);
        Assert.Equal(vector.Means, $"{method.Request} {method.Response}{(method.IsOneWay ? " one-way" : "")}");
        Assert.Equal(shape, RouteShape.Of(method));
    }

    private static string Show(Metadata metadata) => string.Join(", ", metadata.Select(static entry => $"{entry.Key}={entry.Value ?? "0x" + Convert.ToHexString(entry.Bytes.Span)}"));
}
