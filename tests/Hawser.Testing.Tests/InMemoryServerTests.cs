namespace Hawser.Testing.Tests;

public sealed class InMemoryServerTests
{
    [Fact]
    public async Task A_service_is_called_in_one_line()
    {
        await using var server = await InMemoryServer.StartAsync(static server => server.Map("Test/Add", (int[] numbers) => numbers.Sum()));

        Assert.Equal(6, await server.Channel.CallAsync<int[], int>("Test/Add", [1, 2, 3]));
    }

    [Fact]
    public async Task Two_of_them_do_not_meet()
    {
        await using var one = await InMemoryServer.StartAsync(static server => server.Map("Test/Name", () => "one"));
        await using var other = await InMemoryServer.StartAsync(static server => server.Map("Test/Name", () => "other"));

        Assert.Equal(("one", "other"), (await one.Channel.CallAsync<string>("Test/Name"), await other.Channel.CallAsync<string>("Test/Name")));
    }

    [Fact]
    public async Task More_channels_find_it_by_its_address()
    {
        await using var server = await InMemoryServer.StartAsync(static server => server.Map("Test/Name", () => "one"));
        await using var channel = HawserChannel.Connect(server.Address);

        Assert.Equal("one", await channel.CallAsync<string>("Test/Name"));
    }

    [Fact]
    public async Task What_cannot_be_served_is_told_to_who_starts_it()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => InMemoryServer.StartAsync(static server => server.Map("no name", () => { })).AsTask());
    }
}
