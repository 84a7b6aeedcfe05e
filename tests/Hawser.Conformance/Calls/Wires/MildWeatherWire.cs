using Hawser.Conformance.Transports;
using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>Links with a little delay, of which no two bytes' are the same, and some packets late: what nearly always arrives together does not here.</summary>
public sealed class MildWeatherWire() : WireUnderTest(new Simulated(new InProcess(), Weather))
{
    public static Weather Weather { get; } = new()
    {
        Jitter = TimeSpan.FromMilliseconds(1),
        LossRate = 0.002,
        RetransmissionDelay = TimeSpan.FromMilliseconds(5),
    };

    public override bool HasManyLanes => true;

    /// <summary>An aborted lane tells its peer at once, and drops what is under way.</summary>
    public override bool DeliversWhatAResetFollows => false;
}

/// <summary>The same weather where all calls share one lane.</summary>
public sealed class OneLaneMildWeatherWire() : WireUnderTest(new Simulated(new InProcess(), MildWeatherWire.Weather))
{
    public override bool HidesLanes => true;
}
