using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Hawser.Tests.Records;

/// <summary>Records arrive whole, at once and nothing beside them, however their bytes were cut.</summary>
public sealed class RecordTests
{
    private static readonly Dictionary<string, RecordFraming> Framings = new()
    {
        ["one byte"] = RecordFraming.LengthPrefixed(LengthPrefix.OneByte),
        ["two bytes, big-endian"] = RecordFraming.LengthPrefixed(LengthPrefix.TwoBytesBigEndian),
        ["two bytes, little-endian"] = RecordFraming.LengthPrefixed(LengthPrefix.TwoBytesLittleEndian),
        ["four bytes, big-endian"] = RecordFraming.LengthPrefixed(),
        ["four bytes, little-endian"] = RecordFraming.LengthPrefixed(LengthPrefix.FourBytesLittleEndian),
        ["varint"] = RecordFraming.LengthPrefixed(LengthPrefix.Varint),
        ["lines"] = RecordFraming.Delimited("\n"u8),
        ["repeating delimiter"] = RecordFraming.Delimited("aab"u8),
        ["an own framing"] = new BracketFraming(),
    };

    public static IEnumerable<TheoryDataRow<string>> Names => Framings.Keys.Select(static name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Records_that_are_cut_at_any_byte_arrive_the_same(string name)
    {
        byte[][] records = ["first"u8.ToArray(), [], "aa"u8.ToArray(), Enumerable.Repeat((byte)'x', 200).ToArray(), "last"u8.ToArray()];
        var bytes = Encode(Framings[name], records);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var pipe = NewPipe();
            var reading = ReadAllAsync(new RecordReader(pipe.Reader, Framings[name]));
            await pipe.Writer.WriteAsync(bytes.AsMemory(0, cut));
            await pipe.Writer.WriteAsync(bytes.AsMemory(cut));
            await pipe.Writer.CompleteAsync();
            Assert.Equal(records, await reading);
        }
    }

    [Fact]
    public void Any_records_in_any_pieces_arrive_as_they_were_written() => Prop.ForAll<byte[][], byte[], byte>(static (contents, cuts, which) =>
    {
        var framing = Framings.Values.ElementAt(which % Framings.Count);
        byte[][] records = [.. contents.Where(record => CanExpress(framing, record))];
        var bytes = Encode(framing, records);
        var pipe = NewPipe();
        var reading = ReadAllAsync(new RecordReader(pipe.Reader, framing));
        var at = 0;
        foreach (var cut in cuts)
        {
            var size = Math.Min(cut % 9, bytes.Length - at);
            pipe.Writer.Write(bytes.AsSpan(at, size));
            _ = pipe.Writer.FlushAsync().AsTask().GetAwaiter().GetResult();
            at += size;
        }

        pipe.Writer.Write(bytes.AsSpan(at));
        pipe.Writer.Complete();
        return reading.GetAwaiter().GetResult().Select(Convert.ToHexString).SequenceEqual(records.Select(Convert.ToHexString));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Two_records_that_arrive_in_one_read_are_both_given_at_once(string name)
    {
        var pipe = NewPipe();
        await pipe.Writer.WriteAsync(Encode(Framings[name], ["one"u8.ToArray(), "two"u8.ToArray()]));
        var reader = new RecordReader(pipe.Reader, Framings[name]);
        Assert.True(reader.ReadAsync() is { IsCompletedSuccessfully: true, Result: true });
        Assert.Equal("one", Text(reader));
        Assert.True(reader.ReadAsync() is { IsCompletedSuccessfully: true, Result: true });
        Assert.Equal("two", Text(reader));
        Assert.False(reader.ReadAsync().IsCompleted);
    }

    [Theory]
    [InlineData(LengthPrefix.OneByte, 127)]
    [InlineData(LengthPrefix.OneByte, 128)]
    [InlineData(LengthPrefix.OneByte, 200)]
    [InlineData(LengthPrefix.OneByte, 255)]
    [InlineData(LengthPrefix.TwoBytesBigEndian, 128)]
    [InlineData(LengthPrefix.TwoBytesBigEndian, 40_000)]
    [InlineData(LengthPrefix.TwoBytesLittleEndian, 65_535)]
    [InlineData(LengthPrefix.FourBytesBigEndian, 128)]
    [InlineData(LengthPrefix.FourBytesLittleEndian, 255)]
    [InlineData(LengthPrefix.Varint, 128)]
    [InlineData(LengthPrefix.Varint, 16_384)]
    public async Task Lengths_whose_top_bit_is_set_are_not_misread(LengthPrefix prefix, int length)
    {
        var framing = RecordFraming.LengthPrefixed(prefix);
        byte[][] records = [Enumerable.Repeat((byte)0x80, length).ToArray(), [0xFF]];
        Assert.Equal(records, await ReadAllAsync(new RecordReader(new MemoryStream(Encode(framing, records)), framing)));
    }

    [Fact]
    public async Task Four_bytes_of_length_beyond_two_gigabytes_are_over_the_limit_and_not_negative()
    {
        var failure = await FailureAsync([0xFF, 0xFF, 0xFF, 0xFF], RecordFraming.LengthPrefixed(), 100);
        Assert.Equal(StatusCode.ResourceExhausted, failure.Code);
        Assert.Contains("4294967295 bytes; at most 100", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_announced_length_over_the_limit_is_refused_before_its_bytes_come_and_nothing_is_allocated_for_it()
    {
        var pipe = NewPipe();
        await pipe.Writer.WriteAsync(new byte[] { 0x3F, 0xFF, 0xFF, 0xFF });
        var reader = new RecordReader(pipe.Reader, RecordFraming.LengthPrefixed());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = reader.ReadAsync();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(async () => await reading)).Code);
        Assert.InRange(allocated, 0, 64 * 1024);
    }

    [Fact]
    public async Task A_delimiter_that_does_not_come_within_the_limit_is_not_waited_for()
    {
        Assert.Equal(StatusCode.ResourceExhausted, (await FailureAsync("0123456789ab"u8.ToArray(), RecordFraming.Delimited("\n"u8), 10)).Code);
        Assert.Equal(["0123456789"u8.ToArray()], await ReadAllAsync(new RecordReader(new MemoryStream("0123456789\n"u8.ToArray()), RecordFraming.Delimited("\n"u8), 10)));
        Assert.Equal(StatusCode.ResourceExhausted, (await FailureAsync("0123456789a\n"u8.ToArray(), RecordFraming.Delimited("\n"u8), 10)).Code);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Bytes_that_end_within_a_record_are_no_end(string name)
    {
        var bytes = Encode(Framings[name], ["whole"u8.ToArray()]);
        var failure = await FailureAsync(bytes[..^1], Framings[name]);
        Assert.Equal(StatusCode.DataLoss, failure.Code);
        Assert.Contains($"{bytes.Length - 1} had come", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_length_without_end_is_malformed() =>
        Assert.Equal(StatusCode.InvalidArgument, (await FailureAsync([.. Enumerable.Repeat((byte)0xFF, 12)], RecordFraming.LengthPrefixed(LengthPrefix.Varint))).Code);

    [Fact]
    public async Task What_an_own_framing_finds_malformed_is_told_with_its_reason()
    {
        var failure = await FailureAsync("(one)[two]"u8.ToArray(), new BracketFraming(), skipped: 1);
        Assert.Equal((StatusCode.InvalidArgument, "The bytes are no record: it begins with '[' instead of '('."), (failure.Code, failure.Status.Text));
    }

    [Fact]
    public async Task The_framing_changes_amid_a_stream_and_what_follows_is_whole()
    {
        var head = "PUT /tank\r\nlength: 5\r\n\r\n"u8.ToArray();
        byte[] bytes = [.. head, .. "12345"u8, 0, 2, .. "ab"u8, .. "the rest"u8];
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var pipe = NewPipe();
            var reading = ReadMixedAsync(new RecordReader(pipe.Reader, RecordFraming.Delimited("\r\n"u8)));
            await pipe.Writer.WriteAsync(bytes.AsMemory(0, cut));
            await pipe.Writer.WriteAsync(bytes.AsMemory(cut));
            await pipe.Writer.CompleteAsync();
            Assert.Equal("PUT /tank|length: 5|12345|ab|the rest", await reading);
        }

        static async Task<string> ReadMixedAsync(RecordReader reader)
        {
            var parts = new List<string>();
            while (await reader.ReadAsync() && !reader.Record.IsEmpty)
                parts.Add(Text(reader));
            reader.Framing = RecordFraming.FixedLength(5);
            Assert.True(await reader.ReadAsync());
            parts.Add(Text(reader));
            reader.Framing = RecordFraming.LengthPrefixed(LengthPrefix.TwoBytesBigEndian);
            Assert.True(await reader.ReadAsync());
            parts.Add(Text(reader));
            using var rest = new StreamReader(reader.Input.AsStream());
            parts.Add(await rest.ReadToEndAsync());
            return string.Join('|', parts);
        }
    }

    [Fact]
    public async Task A_record_that_is_refused_is_still_there_for_another_reader()
    {
        var reader = new RecordReader(new MemoryStream("(one)[two]"u8.ToArray()), new BracketFraming());
        Assert.True(await reader.ReadAsync());
        await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync());
        using var rest = new StreamReader(reader.Input.AsStream());
        Assert.Equal("[two]", await rest.ReadToEndAsync());
    }

    [Fact]
    public async Task A_framing_is_told_which_bytes_it_has_seen_so_that_slow_ones_are_searched_once()
    {
        var framing = new CountingFraming(RecordFraming.Delimited("\n"u8));
        var pipe = NewPipe();
        var reader = new RecordReader(pipe.Reader, framing);
        var reading = reader.ReadAsync();
        for (var i = 0; i < 1000; i++)
            await pipe.Writer.WriteAsync("x"u8.ToArray());
        await pipe.Writer.WriteAsync("\n"u8.ToArray());
        Assert.True(await reading);
        Assert.InRange(framing.Searched, 1001, 2002);
    }

    [Fact]
    public void What_a_framing_cannot_express_is_refused_before_anything_is_written()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<ArgumentException>(() => RecordFraming.LengthPrefixed(LengthPrefix.OneByte).Write(new ReadOnlySequence<byte>(new byte[256]), output));
        Assert.Throws<ArgumentException>(() => RecordFraming.LengthPrefixed(LengthPrefix.TwoBytesBigEndian).Write(new ReadOnlySequence<byte>(new byte[65_536]), output));
        Assert.Throws<ArgumentException>(() => RecordFraming.Delimited("\n"u8).Write(new ReadOnlySequence<byte>("two\nlines"u8.ToArray()), output));
        Assert.Throws<ArgumentException>(() => RecordFraming.Delimited("aa"u8).Write(new ReadOnlySequence<byte>("xa"u8.ToArray()), output));
        Assert.Throws<ArgumentException>(() => RecordFraming.FixedLength(5).Write(new ReadOnlySequence<byte>("four"u8.ToArray()), output));
        Assert.Throws<ArgumentException>(() => RecordFraming.Delimited([]));
        Assert.Throws<ArgumentException>(() => new RecordWriter(PipeWriter.Create(Stream.Null), RecordFraming.LengthPrefixed(), 10).Write(new byte[11]));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public async Task A_writer_that_belongs_to_no_call_cannot_be_acknowledged()
    {
        var writer = new RecordWriter(new Pipe().Writer, RecordFraming.LengthPrefixed());
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(async () => await writer.AcknowledgeAsync())).Code);
    }

    private static bool CanExpress(RecordFraming framing, byte[] record)
    {
        try
        {
            framing.Write(new ReadOnlySequence<byte>(record), new ArrayBufferWriter<byte>());
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static byte[] Encode(RecordFraming framing, IEnumerable<byte[]> records)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var record in records)
            framing.Write(new ReadOnlySequence<byte>(record), output);
        return output.WrittenSpan.ToArray();
    }

    private static Pipe NewPipe() => new(new PipeOptions(useSynchronizationContext: false, pauseWriterThreshold: 0, readerScheduler: PipeScheduler.Inline));

    private static string Text(RecordReader reader) => Encoding.ASCII.GetString(reader.Record);

    private static async Task<List<byte[]>> ReadAllAsync(RecordReader reader)
    {
        var records = new List<byte[]>();
        await foreach (var record in reader.ReadAllAsync())
            records.Add(record.ToArray());
        return records;
    }

    private static async Task<RpcException> FailureAsync(byte[] bytes, RecordFraming framing, int maxRecordSize = RecordReader.DefaultMaxRecordSize, int skipped = 0)
    {
        var reader = new RecordReader(new MemoryStream(bytes), framing, maxRecordSize);
        for (var i = 0; i < skipped; i++)
            Assert.True(await reader.ReadAsync());
        return await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync());
    }

    /// <summary>Records in round brackets, as somebody outside the library would write a framing.</summary>
    private sealed class BracketFraming : RecordFraming
    {
        public override RecordParse Parse(in ReadOnlySequence<byte> bytes, long examined)
        {
            if (bytes.FirstSpan[0] != (byte)'(')
                return RecordParse.Malformed($"it begins with '{(char)bytes.FirstSpan[0]}' instead of '('");
            return bytes.PositionOf((byte)')') is { } end
                ? RecordParse.Record(1, bytes.Slice(1, end).Length, bytes.Slice(0, end).Length + 1)
                : RecordParse.NeedMore();
        }

        public override void Write(in ReadOnlySequence<byte> record, IBufferWriter<byte> output)
        {
            if (record.PositionOf((byte)')') is not null)
                throw new ArgumentException("A record in brackets cannot contain the closing one.", nameof(record));
            output.Write("("u8);
            output.Write(record.ToArray());
            output.Write(")"u8);
        }
    }

    private sealed class CountingFraming(RecordFraming inner) : RecordFraming
    {
        public long Searched { get; private set; }

        public override RecordParse Parse(in ReadOnlySequence<byte> bytes, long examined)
        {
            Searched += bytes.Length - examined;
            return inner.Parse(bytes, examined);
        }

        public override void Write(in ReadOnlySequence<byte> record, IBufferWriter<byte> output) => inner.Write(record, output);
    }
}
