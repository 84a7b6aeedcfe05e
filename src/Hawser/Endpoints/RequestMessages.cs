using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>A call's requests as the handler's <see cref="IAsyncEnumerable{T}"/>. Can be read once; ends with the call, even when a handler keeps it.</summary>
internal sealed class RequestMessages<T>(ServerCall call, Method method, RequestDecoder<T> decoder) : IAsyncEnumerable<T>, IAsyncEnumerator<T>
{
    private ServerCall? source = call;
    private CancellationToken token;
    private bool isTaken;

    public T Current { get; private set; } = default!;

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (isTaken)
            throw new InvalidOperationException($"The requests of '{method.FullName}' can be read once, and have been.");
        isTaken = true;
        token = cancellationToken;
        return this;
    }

    public ValueTask<bool> MoveNextAsync()
    {
        if (source is null)
            throw new InvalidOperationException($"The call of '{method.FullName}' has ended; its requests can no longer be read.");
        token.ThrowIfCancellationRequested();
        var read = source.ReadAsync();
        if (!read.IsCompletedSuccessfully)
            return token.CanBeCanceled ? Await(new ValueTask<bool>(read.AsTask().WaitAsync(token))) : Await(read);
        return new ValueTask<bool>(Take(read.Result));
    }

    public ValueTask DisposeAsync() => default;

    /// <summary>The call has ended: its object will serve another one.</summary>
    internal void Detach() => source = null;

    private bool Take(bool found)
    {
        if (found && source is { } open)
            Current = decoder.Decode(open);
        return found;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> Await(ValueTask<bool> read) => Take(await read.ConfigureAwait(false));
}
