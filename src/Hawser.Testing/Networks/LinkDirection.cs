namespace Hawser.Testing;

/// <summary>A direction of a link, seen from neither side: the server is the one that was connected to.</summary>
public enum LinkDirection
{
    /// <summary>What the side that made the link sends.</summary>
    ToServer,

    /// <summary>What the side that accepted the link sends.</summary>
    ToClient,
}
