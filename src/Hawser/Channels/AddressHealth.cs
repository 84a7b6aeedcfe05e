namespace Hawser;

/// <summary>How one of a channel's servers does.</summary>
/// <param name="Address">Its address, for people; several that share one machine in <see cref="LoadBalancing.PickFirst"/>.</param>
/// <param name="State">What the channel is doing about it.</param>
/// <param name="Reason">What went wrong with it last, while it has not been put right; null otherwise.</param>
/// <param name="CallsInFlight">The calls on their way to it.</param>
public sealed record AddressHealth(string Address, ChannelState State, Status? Reason, int CallsInFlight);
