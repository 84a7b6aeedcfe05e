using System.Buffers;
using System.Text;
using Hawser.Cli.Calls;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class RequestInputTests
{
    [Fact]
    public async Task A_stream_is_read_value_by_value_and_empty_lines_are_left_out() =>
        Assert.Equal(["1", "{\"a\":2}", "3"], await MessagesAsync("1\n\n{\"a\":2}\r\n  \n3"));

    [Fact]
    public async Task A_line_longer_than_a_buffer_is_one_message()
    {
        var text = $"\"{new string('x', 100_000)}\"";
        Assert.Equal([text, "1"], await MessagesAsync($"{text}\n1\n"));
    }

    [Fact]
    public async Task A_bad_line_is_named_after_the_good_ones()
    {
        var failure = await Assert.ThrowsAsync<CommandException>(() => MessagesAsync("1\n\n[}\n"));
        Assert.Contains("line 3, column 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_argument_is_no_message()
    {
        using var input = RequestInput.Open(null, Input("ignored"));
        Assert.Null(await input.ReadMessageAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_dash_is_all_of_standard_input()
    {
        using var input = RequestInput.Open("-", Input("{\n}"));
        Assert.Equal("{\n}"u8.ToArray(), (await input.ReadMessageAsync(TestContext.Current.CancellationToken))!.Value.ToArray());
    }

    [Fact]
    public async Task The_argument_itself_is_a_stream_of_the_values_in_it()
    {
        using var input = RequestInput.Open("[1] 2", Input(""));
        Assert.Equal(2, await input.ReadMessagesAsync(TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken));
    }

    private static MemoryStream Input(string text) => new(Encoding.UTF8.GetBytes(text));

    private static async Task<List<string>> MessagesAsync(string text)
    {
        using var input = RequestInput.Open(null, Input(text));
        var messages = new List<string>();
        await foreach (var message in input.ReadMessagesAsync(TestContext.Current.CancellationToken))
            messages.Add(Encoding.UTF8.GetString(message.ToArray()));
        return messages;
    }
}
