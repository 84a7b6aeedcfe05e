namespace Hawser.Protobuf.Tests;

/// <summary>Messages within messages, as a program may put them: even into themselves.</summary>
public sealed class NestingTests
{
    private readonly DynamicMessage snake = new(TestSchemas.Everything);

    public NestingTests() => snake["a_message"] = snake;

    [Fact]
    public void A_message_that_contains_itself_cannot_be_written() => Refuses(() => snake.ToByteArray());

    [Fact]
    public void A_message_that_contains_itself_cannot_be_measured() => Refuses(() => snake.CalculateSize());

    [Fact]
    public void A_message_that_contains_itself_cannot_be_copied() => Refuses(() => snake.Clone());

    [Fact]
    public void A_message_that_contains_itself_cannot_be_merged() => Refuses(() => new DynamicMessage(TestSchemas.Everything).MergeFrom(snake));

    [Fact]
    public void A_message_that_contains_itself_cannot_be_hashed() => Refuses(() => snake.GetHashCode());

    [Fact]
    public void A_message_that_contains_itself_cannot_be_searched_for_missing_fields() => Refuses(() => snake.FindMissing());

    [Fact]
    public void Messages_that_contain_themselves_cannot_be_compared()
    {
        var other = new DynamicMessage(TestSchemas.Everything);
        other["a_message"] = other;
        Refuses(() => snake.Equals(other));
    }

    [Fact]
    public void A_message_that_contains_itself_has_no_JSON() =>
        Assert.Contains("ProtoJsonOptions.MaxDepth", Assert.Throws<ProtoJsonException>(() => ProtoJson.ToText(snake)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_contains_a_message_can_be_merged_into_it()
    {
        var child = new DynamicMessage(TestSchemas.Everything);
        child["an_int32"] = 1;
        var parent = new DynamicMessage(TestSchemas.Everything);
        parent["an_int32"] = 2;
        parent["a_message"] = child;

        child.MergeFrom(parent);

        Assert.Equal(2, child["an_int32"]);
        Assert.NotSame(child, child["a_message"]);
        Assert.Null(((DynamicMessage)child["a_message"]!)["a_message"]);
    }

    private static void Refuses(Action action) =>
        Assert.EndsWith("Does one of them contain itself?", Assert.Throws<InvalidOperationException>(action).Message, StringComparison.Ordinal);
}
