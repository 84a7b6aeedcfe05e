namespace Hawser;

/// <summary>Nothing, where a request or a reply type is asked for: no message travels.</summary>
public readonly record struct Empty;
