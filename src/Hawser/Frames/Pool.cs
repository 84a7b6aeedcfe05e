namespace Hawser.Frames;

/// <summary>Keeps objects for reuse, at most so many. Any thread may rent and return.</summary>
internal sealed class Pool<T>(int capacity, Func<T> create)
    where T : class
{
    private readonly Lock gate = new();
    private T[] kept = new T[Math.Min(capacity, 16)];
    private int count;

    public T Rent()
    {
        lock (gate)
        {
            if (count > 0)
            {
                var item = kept[--count];
                kept[count] = null!;
                return item;
            }
        }

        return create();
    }

    public void Return(T item)
    {
        lock (gate)
        {
            if (count == capacity)
                return;
            if (count == kept.Length)
                Array.Resize(ref kept, Math.Min(capacity, kept.Length * 2));
            kept[count++] = item;
        }
    }
}
