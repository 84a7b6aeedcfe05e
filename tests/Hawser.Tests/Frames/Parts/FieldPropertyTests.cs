using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Hawser.Frames;

namespace Hawser.Tests.Frames.Parts;

/// <summary>What holds for all numbers, hellos and metadata.</summary>
public sealed class FieldPropertyTests
{
    [Fact]
    public void Every_number_is_read_as_it_was_written_in_the_shortest_form() => Prop.ForAll<ulong, byte>((seed, shift) =>
    {
        var value = (seed & Varint.MaxValue) >> (shift % 62);
        var bytes = new byte[Varint.MaxSize];
        var size = Varint.Write(bytes, value);
        return size == Varint.SizeOf(value) && Varint.Read(bytes, out var read) == size && read == value && Varint.Read(bytes.AsSpan(0, size - 1), out _) == 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_hello_is_read_as_it_was_written() => Prop.ForAll<int, int, int>((one, two, three) =>
    {
        var hello = new Hello
        {
            MaxMessageSize = Math.Max(1, one & int.MaxValue),
            MaxMetadataSize = Math.Max(256, two & int.MaxValue),
            MaxCallsInFlight = Math.Max(1, three & int.MaxValue),
            CallWindow = Math.Max(65536, one & int.MaxValue),
            ConnectionWindow = Math.Max(65536, two & int.MaxValue),
            GivesUpAfter = three & int.MaxValue,
            IdleTimeout = one & int.MaxValue,
            Acknowledgements = two & int.MaxValue,
            TakesMetadata = (three & 1) != 0,
            Software = $"test/{two}",
        };
        var output = new ArrayBufferWriter<byte>();
        hello.Write(output);
        return Hello.Read(output.WrittenSpan) == hello;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_are_a_hello_or_a_violation() => Prop.ForAll<byte[]>(static bytes => ReadsOrRefuses(() => Hello.Read(bytes))).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_are_metadata_or_a_violation() => Prop.ForAll<byte[]>(static bytes => ReadsOrRefuses(() =>
    {
        ReadOnlySpan<byte> input = bytes;
        MetadataBlock.Read(ref input);
    })).QuickCheckThrowOnFailure();

    [Fact]
    public void All_metadata_is_read_as_it_was_written() => Prop.ForAll<byte[][]>(static values =>
    {
        var metadata = new Metadata();
        foreach (var (index, value) in values.Index())
            metadata.Add($"key.{index % 3}-bin", value).Add($"text-{index}", Convert.ToHexString(value));
        var bytes = new byte[MetadataBlock.SizeOf(metadata)];
        var size = MetadataBlock.Write(bytes, metadata);
        ReadOnlySpan<byte> input = bytes;
        var read = MetadataBlock.Read(ref input);
        return size == bytes.Length && input.IsEmpty && read.Select(Show).SequenceEqual(metadata.Select(Show));
    }).QuickCheckThrowOnFailure();

    private static string Show(Metadata.Entry entry) => $"{entry.Key}={entry.Value}{Convert.ToHexString(entry.Bytes.Span)}";

    private static bool ReadsOrRefuses(Action read)
    {
        try
        {
            read();
        }
        catch (ProtocolViolationException)
        {
            // Refused, with a sentence.
        }

        return true;
    }
}
