using System.Buffers.Binary;

namespace Hawser.Tests.Channels.Names;

/// <summary>DNS messages byte by byte.</summary>
public sealed class DnsFormatTests
{
    private const int Seed = 20261120;

    private static readonly DnsQuestion Question = new(0x1234, "game.example", DnsType.A);

    [Fact]
    public void A_question_is_as_RFC_1035_says() => Assert.Equal(
        Convert.FromHexString("1234" + "0100" + "0001" + "0000" + "0000" + "0000" + "0467616D65" + "076578616D706C65" + "00" + "0001" + "0001"),
        Question.Bytes.ToArray());

    [Fact]
    public void A_name_may_point_back_to_one_that_came_before()
    {
        var query = new DnsQuery(Question.Bytes.ToArray(), IsTcp: false);
        var response = DnsResponse.Read(query.Answer(DnsQuery.Record([0xC0, 12], DnsType.A, 7, [192, 0, 2, 1])), Question);

        Assert.Equal("192.0.2.1", Assert.Single(response.Addresses).ToString());
        Assert.Equal(TimeSpan.FromSeconds(7), response.TimeToLive);
    }

    [Fact]
    public void A_name_may_end_in_a_pointer()
    {
        byte[] message = [3, (byte)'c', (byte)'o', (byte)'m', 0, 1, (byte)'A', 0xC0, 0];
        var at = 5;

        Assert.Equal("a.com", DnsNames.Read(message, ref at));
        Assert.Equal(9, at);
    }

    [Theory]
    [InlineData("C000", "a name points forward")]
    [InlineData("C002C000", "a name points forward")]
    [InlineData("0161C000", "a name points forward")]
    [InlineData("C0", "a name is cut off")]
    [InlineData("05616161", "a label is longer than it may be")]
    [InlineData("80", "a label is longer than it may be")]
    [InlineData("", "a name is cut off")]
    public void A_wrong_name_is_refused(string bytes, string why)
    {
        var at = 0;
        Assert.Equal(why, Assert.Throws<DnsFormatException>(() => DnsNames.Read(Convert.FromHexString(bytes), ref at)).Message);
    }

    [Fact]
    public void A_name_that_pointers_make_too_long_is_refused()
    {
        // Each label of 63 bytes points to the one before it.
        var message = new List<byte> { 0 };
        var last = 0;
        for (var i = 0; i < 5; i++)
        {
            var here = message.Count;
            message.AddRange([63, .. new byte[63], (byte)(0xC0 | (last >> 8)), (byte)last]);
            last = here;
        }

        Assert.Equal("a name is longer than 255 bytes", Assert.Throws<DnsFormatException>(() => DnsNames.Read([.. message], ref last)).Message);
    }

    [Fact]
    public void Whatever_a_server_sends_is_read_or_refused_and_never_more()
    {
        var random = new Random(Seed);
        var query = new DnsQuery(Question.Bytes.ToArray(), IsTcp: false);
        var good = query.Answer(
            DnsQuery.Alias("game.example", "a.example"), DnsQuery.Record([0xC0, 12], DnsType.CName, 5, [1, (byte)'b', 0xC0, 17]), DnsQuery.Address("a.example", "192.0.2.1"));
        for (var i = 0; i < 200_000; i++)
        {
            byte[] message = [.. good];
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                message[random.Next(message.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                message = message[..random.Next(message.Length)];
            try
            {
                Question.IsAnsweredBy(message);
                Assert.True(DnsResponse.Read(message, Question).Addresses.Count <= 100);
            }
            catch (DnsFormatException)
            {
                // that is the only way out
            }
        }
    }

    [Fact]
    public void A_count_that_is_not_true_is_refused()
    {
        var query = new DnsQuery(Question.Bytes.ToArray(), IsTcp: false);
        var message = query.Answer(DnsQuery.Address("game.example", "192.0.2.1"));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), ushort.MaxValue);

        Assert.Throws<DnsFormatException>(() => DnsResponse.Read(message, Question));
    }
}
