namespace Hawser;

/// <summary>A piece of work for a <see cref="SerialContext"/>.</summary>
/// <param name="Run">Does it.</param>
/// <param name="Dropped">Tells those who wait for it that it is not done.</param>
internal readonly record struct SerialWork(Func<ValueTask> Run, Action? Dropped = null);
