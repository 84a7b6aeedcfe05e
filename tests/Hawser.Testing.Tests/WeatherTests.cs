namespace Hawser.Testing.Tests;

public sealed class WeatherTests
{
    [Fact]
    public void Settings_out_of_range_are_refused_by_name()
    {
        Assert.Equal("Latency", Assert.Throws<ArgumentOutOfRangeException>(static () => new Weather { Latency = TimeSpan.FromTicks(-1) }).ParamName);
        Assert.Equal("Jitter", Assert.Throws<ArgumentOutOfRangeException>(static () => new Weather { Jitter = TimeSpan.FromHours(2) }).ParamName);
        Assert.Equal("BytesPerSecond", Assert.Throws<ArgumentOutOfRangeException>(static () => new Weather { BytesPerSecond = 0 }).ParamName);
        Assert.Equal("LossRate", Assert.Throws<ArgumentOutOfRangeException>(static () => new Weather { LossRate = 1 }).ParamName);
        Assert.Equal("LossRate", Assert.Throws<ArgumentOutOfRangeException>(static () => new Weather { LossRate = double.NaN }).ParamName);
        Assert.Equal("RetransmissionDelay", Assert.Throws<ArgumentOutOfRangeException>(static () => new Weather { RetransmissionDelay = TimeSpan.Zero }).ParamName);
    }

    [Fact]
    public void Calm_weather_is_the_default() => Assert.Equal(Weather.Calm, new SimulatedNetwork().Weather);
}
