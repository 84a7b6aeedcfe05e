using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Tests.Protocol;

public sealed class CompressionTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public void What_was_compressed_is_decompressed(string name) => Prop.ForAll<byte[], byte>((bytes, repeat) =>
    {
        var message = Enumerable.Repeat(bytes, repeat).SelectMany(static one => one).ToArray();
        using var output = new PooledBuffer();
        return Find(name).Decompress(new ReadOnlySequence<byte>(Compressed(name, message)), message.Length, output) is null
            && output.Written.Span.SequenceEqual(message);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public void A_bomb_is_given_up_as_soon_as_it_is_over_the_limit(string name)
    {
        var bomb = Compressed(name, new byte[64 * 1024 * 1024]);
        using var output = new PooledBuffer();
        var wrong = Find(name).Decompress(new ReadOnlySequence<byte>(bomb), 100_000, output);
        Assert.Equal(StatusCode.ResourceExhausted, wrong?.Code);
        Assert.Contains("ConnectionLimits.MaxMessageSize", wrong!.Text, StringComparison.Ordinal);
        Assert.InRange(output.Length, 0, 100_000);
    }

    [Fact]
    public void A_message_of_exactly_the_limit_is_taken()
    {
        using var output = new PooledBuffer();
        Assert.Null(Find("gzip").Decompress(new ReadOnlySequence<byte>(Compressed("gzip", new byte[50_000])), 50_000, output));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public void Any_bytes_are_decompressed_or_refused(string name) => Prop.ForAll<byte[]>(bytes =>
    {
        using var output = new PooledBuffer();
        return Find(name).Decompress(new ReadOnlySequence<byte>(bytes), 1000, output) is { Code: StatusCode.Internal or StatusCode.ResourceExhausted } || output.Length <= 1000;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_needs_a_dictionary_that_nobody_has_is_refused()
    {
        using var output = new PooledBuffer();
        Assert.Equal(StatusCode.Internal, Find("deflate").Decompress(new ReadOnlySequence<byte>([0x78, 0x20, 0, 0, 0, 1, 0]), 1000, output)?.Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("identity")]
    public void No_compression_is_always_known(string? name)
    {
        Assert.True(Compression.TryFind(name, out var encoding));
        Assert.Null(encoding);
    }

    [Fact]
    public void An_unknown_compression_is_refused_with_the_known_ones()
    {
        Assert.False(Compression.TryFind("snappy", out _));
        var status = Compression.Unknown("snappy");
        Assert.Equal(StatusCode.Unimplemented, status.Code);
        Assert.Contains("identity,gzip,deflate", status.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("identity, deflate, gzip", "deflate")]
    [InlineData("br,gzip", "gzip")]
    [InlineData("identity", null)]
    [InlineData(null, null)]
    public void The_first_known_of_the_accepted_compressions_is_taken(string? accepted, string? name) => Assert.Equal(name, Compression.FirstOf(accepted)?.Name);

    [Theory]
    [InlineData("identity, gzip", true)]
    [InlineData("deflate", false)]
    [InlineData(null, false)]
    public void Whether_a_peer_accepts_a_compression_is_read(string? accepted, bool expected) => Assert.Equal(expected, Compression.IsAccepted(accepted, Find("gzip")));

    private static MessageEncoding Find(string name)
    {
        Assert.True(Compression.TryFind(name, out var encoding));
        return encoding!;
    }

    private static byte[] Compressed(string name, byte[] message)
    {
        using var output = new PooledBuffer();
        Find(name).Compress(new ReadOnlySequence<byte>(message), output);
        return output.Written.ToArray();
    }
}
