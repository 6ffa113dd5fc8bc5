<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>Watch</source>
        <translation>观看</translation>
    </message>
    <message>
        <source>Freeze</source>
        <translation>定格</translation>
    </message>
    <message>
        <source>Pause or play the source</source>
        <translation>暂停或播放视频源</translation>
    </message>
    <message>
        <source>One frame on</source>
        <translation>前进一帧</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>后退一帧</translation>
    </message>
    <message>
        <source>Watch the picture in the clipboard</source>
        <translation>观看剪贴板中的图片</translation>
    </message>
    <message>
        <source>Look around</source>
        <translation>浏览</translation>
    </message>
    <message>
        <source>Channel to the left</source>
        <translation>左边的通道</translation>
    </message>
    <message>
        <source>Channel to the right</source>
        <translation>右边的通道</translation>
    </message>
    <message>
        <source>Channel above</source>
        <translation>上面的通道</translation>
    </message>
    <message>
        <source>Channel below</source>
        <translation>下面的通道</translation>
    </message>
    <message>
        <source>Layer before</source>
        <translation>上一层</translation>
    </message>
    <message>
        <source>Next layer</source>
        <translation>下一层</translation>
    </message>
    <message>
        <source>Page before</source>
        <translation>上一页</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>下一页</translation>
    </message>
    <message>
        <source>Magnify the wall</source>
        <translation>放大特征图墙</translation>
    </message>
    <message>
        <source>Shrink the wall</source>
        <translation>缩小特征图墙</translation>
    </message>
    <message>
        <source>Fit the wall</source>
        <translation>特征图墙适应窗口</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>快照</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>录制</translation>
    </message>
    <message>
        <source>Copy the wall</source>
        <translation>复制特征图墙</translation>
    </message>
    <message>
        <source>Copy the channel</source>
        <translation>复制当前通道</translation>
    </message>
    <message>
        <source>Folder for saving…</source>
        <translation>保存位置…</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>New network</source>
        <translation>新建网络</translation>
    </message>
    <message>
        <source>Save network</source>
        <translation>保存网络</translation>
    </message>
    <message>
        <source>Save network as…</source>
        <translation>网络另存为…</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>AddMenu</name>
    <message>
        <source>Slides kernels over the maps: one new map per kernel</source>
        <translation>让卷积核在特征图上滑动：每个卷积核产生一张新的特征图</translation>
    </message>
    <message>
        <source>Keeps the largest value of each window</source>
        <translation>保留每个窗口中的最大值</translation>
    </message>
    <message>
        <source>Keeps the mean of each window</source>
        <translation>取每个窗口的平均值</translation>
    </message>
    <message>
        <source>Makes one number of each map: its mean</source>
        <translation>把每张特征图变成一个数：它的平均值</translation>
    </message>
    <message>
        <source>Replaces negative values by zero</source>
        <translation>把负值变为零</translation>
    </message>
    <message>
        <source>Makes negative values small</source>
        <translation>把负值变小</translation>
    </message>
    <message>
        <source>Bends values into 0 to 1</source>
        <translation>把数值压缩到 0 到 1 之间</translation>
    </message>
    <message>
        <source>Bends values into −1 to 1</source>
        <translation>把数值压缩到 −1 到 1 之间</translation>
    </message>
    <message>
        <source>x times sigmoid(x): a smooth ReLU</source>
        <translation>x 乘以 sigmoid(x)：平滑的 ReLU</translation>
    </message>
    <message>
        <source>Makes positive numbers that sum to 1: probabilities</source>
        <translation>变为总和为 1 的正数：概率</translation>
    </message>
    <message>
        <source>Shifts and scales each map by its usual mean and spread</source>
        <translation>按平时的均值和方差对每张特征图做平移和缩放</translation>
    </message>
    <message>
        <source>Drops units at random in training; otherwise does nothing</source>
        <translation>训练时随机丢弃单元；其他时候不起作用</translation>
    </message>
    <message>
        <source>Puts all maps into one long row of numbers</source>
        <translation>把所有特征图展平成一长串数</translation>
    </message>
    <message>
        <source>Fully connected: every output sees every input</source>
        <translation>全连接：每个输出都与所有输入相连</translation>
    </message>
    <message>
        <source>Adds layers of one shape: a skip connection</source>
        <translation>把形状相同的层相加：跳跃连接</translation>
    </message>
    <message>
        <source>Puts the maps of several layers one after the other</source>
        <translation>把几个层的特征图沿通道依次拼接</translation>
    </message>
</context>
<context>
    <name>ChannelNames</name>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
</context>
<context>
    <name>ChannelPicture</name>
    <message>
        <source>The chosen channel</source>
        <translation>选中的通道</translation>
    </message>
    <message>
        <source>row {row}, column {column}   value {value}</source>
        <translation>第 {row} 行，第 {column} 列   值 {value}</translation>
    </message>
</context>
<context>
    <name>ClassBars</name>
    <message>
        <source>Strongest classes</source>
        <translation>得分最高的类别</translation>
    </message>
</context>
<context>
    <name>Document</name>
    <message>
        <source>Open {name}</source>
        <translation>打开 {name}</translation>
    </message>
</context>
<context>
    <name>FromBelow</name>
    <message>
        <source>Built-in clip</source>
        <translation>内置短片</translation>
    </message>
    <message>
        <source>Classic filters</source>
        <translation>经典滤波器（Classic filters）</translation>
    </message>
    <message>
        <source>LeNet-5</source>
        <translation>LeNet-5</translation>
    </message>
    <message>
        <source>Tiny VGG</source>
        <translation>小型 VGG（Tiny VGG）</translation>
    </message>
    <message>
        <source>Residual</source>
        <translation>残差网络（Residual）</translation>
    </message>
    <message>
        <source>Kernels with a meaning, drawn by hand: edges, blur, stripes, colours, corners</source>
        <translation>手工设计、含义明确的卷积核：边缘、模糊、条纹、颜色、角点</translation>
    </message>
    <message>
        <source>LeCun&apos;s reader of handwritten digits, 1998: two convolutions, average pooling, tanh</source>
        <translation>LeCun 1998 年的手写数字识别网络：两层卷积、平均池化、tanh</translation>
    </message>
    <message>
        <source>Four small convolutions that tell ten kinds of things apart</source>
        <translation>四个小卷积层，区分十类事物</translation>
    </message>
    <message>
        <source>Blocks that add their input to their output, so that deep networks can learn</source>
        <translation>把输入加到输出上的残差块，使很深的网络也能学习</translation>
    </message>
</context>
<context>
    <name>HistogramView</name>
    <message>
        <source>Histogram</source>
        <translation>直方图</translation>
    </message>
    <message>
        <source>How many values of the map are how large.
Heights are square roots of counts.</source>
        <translation>特征图中各种大小的值各有多少。
高度是个数的平方根。</translation>
    </message>
</context>
<context>
    <name>InputForm</name>
    <message>
        <source>channels</source>
        <translation>通道数</translation>
    </message>
    <message>
        <source>3 (RGB)</source>
        <translation>3（RGB）</translation>
    </message>
    <message>
        <source>1 (grey)</source>
        <translation>1（灰度）</translation>
    </message>
    <message>
        <source>height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>fit</source>
        <translation>适配方式</translation>
    </message>
    <message>
        <source>stretch</source>
        <translation>拉伸</translation>
    </message>
    <message>
        <source>centre crop</source>
        <translation>居中裁剪</translation>
    </message>
    <message>
        <source>letterbox</source>
        <translation>等比留边</translation>
    </message>
    <message>
        <source>normalise</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>0 and 1: as it is</source>
        <translation>0 和 1：保持原样</translation>
    </message>
    <message>
        <source>0.5 and 0.5: −1 to 1</source>
        <translation>0.5 和 0.5：−1 到 1</translation>
    </message>
    <message>
        <source>ImageNet</source>
        <translation>ImageNet</translation>
    </message>
    <message>
        <source>other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>std</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>cat, dog, …</source>
        <translation>猫, 狗, …</translation>
    </message>
</context>
<context>
    <name>InputRow</name>
    <message>
        <source>RGB</source>
        <translation>RGB</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>stretched</source>
        <translation>拉伸</translation>
    </message>
    <message>
        <source>centre crop</source>
        <translation>居中裁剪</translation>
    </message>
    <message>
        <source>letterbox</source>
        <translation>等比留边</translation>
    </message>
    <message>
        <source>input</source>
        <translation>输入（input）</translation>
    </message>
</context>
<context>
    <name>InputView</name>
    <message>
        <source>No picture yet: choose a source.</source>
        <translation>还没有画面：请选择视频源。</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>显示的内容</translation>
    </message>
    <message>
        <source>Show the source</source>
        <translation>显示视频源</translation>
    </message>
    <message>
        <source>Show the source&apos;s whole picture instead of what the network sees of it</source>
        <translation>显示视频源的完整画面，而不是网络看到的部分</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Source {width}×{height}</source>
        <translation>视频源 {width}×{height}</translation>
    </message>
    <message>
        <source>Input {width}×{height} {colors}</source>
        <translation>输入 {width}×{height} {colors}</translation>
    </message>
    <message>
        <source>RGB</source>
        <translation>RGB</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Click a map to study it here.</source>
        <translation>点击一张特征图，在这里细看。</translation>
    </message>
</context>
<context>
    <name>KernelView</name>
    <message>
        <source>Weights for channel {name} of {source}</source>
        <translation>对应 {source} 的通道 {name} 的权重</translation>
    </message>
</context>
<context>
    <name>LayerActions</name>
    <message>
        <source>Duplicate layer</source>
        <translation>复制层</translation>
    </message>
    <message>
        <source>Remove layer</source>
        <translation>删除层</translation>
    </message>
    <message>
        <source>Move layer up</source>
        <translation>上移层</translation>
    </message>
    <message>
        <source>Move layer down</source>
        <translation>下移层</translation>
    </message>
    <message>
        <source>Bypass layer</source>
        <translation>旁路层</translation>
    </message>
    <message>
        <source>Draw new weights</source>
        <translation>重新初始化权重</translation>
    </message>
    <message>
        <source>Add {layer}</source>
        <translation>添加 {layer}</translation>
    </message>
    <message>
        <source>Move {layer}</source>
        <translation>移动 {layer}</translation>
    </message>
    <message>
        <source>Bypass {layer}</source>
        <translation>旁路 {layer}</translation>
    </message>
    <message>
        <source>Enable {layer}</source>
        <translation>启用 {layer}</translation>
    </message>
    <message>
        <source>Draw all weights</source>
        <translation>初始化全部权重</translation>
    </message>
    <message>
        <source>Change {field} of {layer}</source>
        <translation>修改 {layer} 的 {field}</translation>
    </message>
    <message>
        <source>Draw weights of {layer}</source>
        <translation>初始化 {layer} 的权重</translation>
    </message>
    <message>
        <source>Duplicate {layer}</source>
        <translation>复制 {layer}</translation>
    </message>
    <message>
        <source>Remove {layer}</source>
        <translation>删除 {layer}</translation>
    </message>
</context>
<context>
    <name>LayerFacts</name>
    <message>
        <source>What the network sees: one channel per colour, before any layer.</source>
        <translation>网络看到的画面：每种颜色一个通道，还没有经过任何层。</translation>
    </message>
    <message>
        <source>Bypassed: what it reads passes unchanged.</source>
        <translation>已旁路：输入原样通过。</translation>
    </message>
    <message>
        <source>One {window} kernel slides over all input channels. At each position the products with the values under it, and the bias, add up to one number of this map.</source>
        <translation>一个 {window} 的卷积核在所有输入通道上滑动。在每个位置，它与所覆盖的数值逐个相乘，求和后再加上偏置，得到这张特征图上的一个数。</translation>
    </message>
    <message>
        <source>Keeps the largest value of each {window} window. The map shrinks; the strongest responses stay, also when the picture shifts a little. Nothing to learn.</source>
        <translation>保留每个 {window} 窗口中的最大值。特征图变小，最强的响应留了下来，画面略微平移也不受影响。没有需要学习的参数。</translation>
    </message>
    <message>
        <source>Keeps the mean of each {window} window. The map shrinks and becomes smoother. Nothing to learn.</source>
        <translation>取每个 {window} 窗口的平均值。特征图变小，也更平滑。没有需要学习的参数。</translation>
    </message>
    <message>
        <source>Keeps one number of each map: its mean.</source>
        <translation>每张特征图只留下一个数：它的平均值。</translation>
    </message>
    <message>
        <source>Shifts and scales this map by its usual mean and spread, then by two learned numbers.</source>
        <translation>先按平时的均值和方差，再按两个学到的参数，对这张特征图做平移和缩放。</translation>
    </message>
    <message>
        <source>Keeps what is positive; everything else becomes zero.</source>
        <translation>正值保持不变，其余都变为零。</translation>
    </message>
    <message>
        <source>Keeps what is positive; everything else is multiplied by {slope}.</source>
        <translation>正值保持不变，其余都乘以 {slope}。</translation>
    </message>
    <message>
        <source>Squeezes every value to between 0 and 1.</source>
        <translation>把每个值压缩到 0 到 1 之间。</translation>
    </message>
    <message>
        <source>Squeezes every value to between −1 and 1.</source>
        <translation>把每个值压缩到 −1 到 1 之间。</translation>
    </message>
    <message>
        <source>Keeps large values, fades those near zero and below out softly.</source>
        <translation>大的值保持不变，接近零和负的值平滑地减弱。</translation>
    </message>
    <message>
        <source>Turns values into shares that add up to 1: probabilities of the classes.</source>
        <translation>把数值变为总和为 1 的比例：各类别的概率。</translation>
    </message>
    <message>
        <source>Drops units at random while learning; here everything passes unchanged.</source>
        <translation>训练时随机丢弃单元；这里一切原样通过。</translation>
    </message>
    <message>
        <source>Lays all maps out in one row of numbers. No value changes.</source>
        <translation>把所有特征图展平成一串数，数值不变。</translation>
    </message>
    <message>
        <source>Multiplies every input by a weight of its own and adds up: one sum per unit.</source>
        <translation>每个输入乘以各自的权重，再求和：每个单元一个和。</translation>
    </message>
    <message>
        <source>Adds the maps of several layers, value by value.</source>
        <translation>把几个层的特征图逐元素相加。</translation>
    </message>
    <message>
        <source>Puts the maps of several layers one after the other. No value changes.</source>
        <translation>把几个层的特征图沿通道依次拼接，数值不变。</translation>
    </message>
</context>
<context>
    <name>LayerForm</name>
    <message>
        <source>reads</source>
        <translation>读取自</translation>
    </message>
    <message>
        <source>These weights came from a file. Changing the seed draws new ones.</source>
        <translation>这些权重来自文件。修改随机种子会重新初始化。</translation>
    </message>
    <message>
        <source>Draw this layer&apos;s weights with the next seed</source>
        <translation>用下一个随机种子初始化这一层的权重</translation>
    </message>
    <message>
        <source>draw new weights</source>
        <translation>重新初始化权重</translation>
    </message>
</context>
<context>
    <name>LayerList</name>
    <message>
        <source>Add a layer to begin</source>
        <translation>先添加一个层</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Change {field} of the input</source>
        <translation>修改输入的 {field}</translation>
    </message>
</context>
<context>
    <name>LayerStrip</name>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Something in the program failed ({0}). It goes on as well as it can.</source>
        <translation>程序出了错（{0}），但会尽可能继续运行。</translation>
    </message>
    <message>
        <source>Opened network {0}</source>
        <translation>已打开网络 {0}</translation>
    </message>
    <message>
        <source>No channel is shown that could be copied</source>
        <translation>当前没有可复制的通道</translation>
    </message>
    <message>
        <source>Copied a picture of {0} × {1} pixels</source>
        <translation>已复制 {0} × {1} 像素的图片</translation>
    </message>
</context>
<context>
    <name>ManyReadsEditor</name>
    <message>
        <source>choose layers…</source>
        <translation>选择层…</translation>
    </message>
</context>
<context>
    <name>Meanings</name>
    <message>
        <source>How many kernels there are: each makes one map</source>
        <translation>卷积核的个数：每个产生一张特征图</translation>
    </message>
    <message>
        <source>Height and width of the window that slides</source>
        <translation>滑动窗口的高度和宽度</translation>
    </message>
    <message>
        <source>By how many values the window moves on: 2 makes maps half as large</source>
        <translation>步幅：窗口每次移动多少个值；取 2 时特征图的边长减半</translation>
    </message>
    <message>
        <source>What is put around the input: with same, maps keep its size; with valid, nothing is</source>
        <translation>填充：在输入四周补上的值；same 使特征图保持输入的大小，valid 不填充</translation>
    </message>
    <message>
        <source>How far apart the values are that a kernel looks at: 1 is side by side</source>
        <translation>膨胀：卷积核所看的值之间的间距；1 表示紧挨着</translation>
    </message>
    <message>
        <source>Into how many groups the channels are divided: a kernel spans only those of its own</source>
        <translation>通道分成多少组：每个卷积核只跨越自己那一组的通道</translation>
    </message>
    <message>
        <source>Whether each output has a number of its own added to it</source>
        <translation>偏置：是否给每个输出再加上一个单独的数</translation>
    </message>
    <message>
        <source>Whether a last window that lies only partly on the input counts, too</source>
        <translation>最后一个只有部分落在输入上的窗口是否也算</translation>
    </message>
    <message>
        <source>Whether zeros of the padding count for the mean</source>
        <translation>求平均值时是否计入填充的零</translation>
    </message>
    <message>
        <source>What is added to the variance, so that nothing is divided by 0</source>
        <translation>加在方差上的小数，避免除以 0</translation>
    </message>
    <message>
        <source>In training: how fast the usual mean and spread follow the pictures</source>
        <translation>训练时：平时的均值和方差跟随画面变化的快慢</translation>
    </message>
    <message>
        <source>What negative values are multiplied by</source>
        <translation>负值乘以多少</translation>
    </message>
    <message>
        <source>In training: the share of units that are dropped</source>
        <translation>训练时：丢弃的单元所占的比例</translation>
    </message>
    <message>
        <source>How many numbers the layer puts out</source>
        <translation>这一层输出多少个数</translation>
    </message>
    <message>
        <source>Which earlier layers the layer takes its input from</source>
        <translation>这一层从前面哪些层取得输入</translation>
    </message>
    <message>
        <source>From which distribution the weights are drawn, before any training</source>
        <translation>训练之前，权重按哪种分布随机初始化</translation>
    </message>
    <message>
        <source>The same number always draws the same weights</source>
        <translation>同一个数总是得到同样的权重</translation>
    </message>
    <message>
        <source>Whether the network sees colours</source>
        <translation>网络是否看到颜色</translation>
    </message>
    <message>
        <source>Rows of pixels that the network sees</source>
        <translation>网络看到多少行像素</translation>
    </message>
    <message>
        <source>Columns of pixels that the network sees</source>
        <translation>网络看到多少列像素</translation>
    </message>
    <message>
        <source>How a picture of another shape is brought to this size</source>
        <translation>形状不同的画面怎样变成这个大小</translation>
    </message>
    <message>
        <source>Mean and std in common use, to fill in below</source>
        <translation>常用的均值和标准差，会填到下面</translation>
    </message>
    <message>
        <source>Per channel, subtracted from the pixels, which are 0 to 1</source>
        <translation>逐通道：从像素值（0 到 1）中减去的数</translation>
    </message>
    <message>
        <source>Per channel, what the pixels are then divided by</source>
        <translation>逐通道：像素值随后除以的数</translation>
    </message>
    <message>
        <source>Names for the units of the last layer, with commas between them</source>
        <translation>最后一层各单元的名称，用英文逗号分隔</translation>
    </message>
</context>
<context>
    <name>NetworkMenu</name>
    <message>
        <source>Open network…</source>
        <translation>打开网络…</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近打开</translation>
    </message>
</context>
<context>
    <name>NetworkPanel</name>
    <message>
        <source>network&apos;s name</source>
        <translation>网络名称</translation>
    </message>
    <message>
        <source>The network&apos;s name: click to change it</source>
        <translation>网络名称：点击可修改</translation>
    </message>
    <message>
        <source>Go to the first problem</source>
        <translation>转到第一个问题</translation>
    </message>
    <message>
        <source>Weights of all layers</source>
        <translation>所有层的权重</translation>
    </message>
    <message>
        <source>Add layer</source>
        <translation>添加层</translation>
    </message>
    <message>
        <source>Rename network</source>
        <translation>重命名网络</translation>
    </message>
    <message>
        <source>1 problem</source>
        <translation>1 个问题</translation>
    </message>
    <message>
        <source>{} problems</source>
        <translation>{} 个问题</translation>
    </message>
    <message>
        <source>{problems}: the last valid network runs on</source>
        <translation>{problems}：仍在运行上一个有效的网络</translation>
    </message>
    <message>
        <source>input</source>
        <translation>输入（input）</translation>
    </message>
    <message>
        <source>stride {}</source>
        <translation>步幅 {}</translation>
    </message>
    <message>
        <source>padding {}</source>
        <translation>填充 {}</translation>
    </message>
    <message>
        <source>dilation {}</source>
        <translation>膨胀 {}</translation>
    </message>
    <message>
        <source>{} groups</source>
        <translation>{} 组</translation>
    </message>
    <message>
        <source>reads {}</source>
        <translation>读取 {}</translation>
    </message>
    <message>
        <source>{} p</source>
        <translation>{} 参数</translation>
    </message>
    <message>
        <source>{} trillion</source>
        <translation>{} 万亿</translation>
    </message>
    <message>
        <source>{} billion</source>
        <translation>{} 十亿</translation>
    </message>
    <message>
        <source>{} million</source>
        <translation>{} 百万</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Close this notice</source>
        <translation>关闭此通知</translation>
    </message>
</context>
<context>
    <name>Opener</name>
    <message>
        <source>Clipboard: there must be a picture, a file or an address in it</source>
        <translation>剪贴板：其中必须有图片、文件或地址</translation>
    </message>
    <message>
        <source>Open a video, an image or a network</source>
        <translation>打开视频、图片或网络</translation>
    </message>
    <message>
        <source>All of them ({0} {1})</source>
        <translation>所有支持的文件 ({0} {1})</translation>
    </message>
    <message>
        <source>Videos and images ({0})</source>
        <translation>视频和图片 ({0})</translation>
    </message>
    <message>
        <source>Networks ({0})</source>
        <translation>网络 ({0})</translation>
    </message>
    <message>
        <source>Open a video or an image</source>
        <translation>打开视频或图片</translation>
    </message>
    <message>
        <source>Open a network</source>
        <translation>打开网络</translation>
    </message>
    <message>
        <source>Open a folder of images</source>
        <translation>打开图片文件夹</translation>
    </message>
    <message>
        <source>Network stream</source>
        <translation>网络视频流</translation>
    </message>
    <message>
        <source>Address of an MJPEG or RTSP stream (http, https, rtsp, rtmp):</source>
        <translation>MJPEG 或 RTSP 视频流的地址（http、https、rtsp、rtmp）：</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>{0}: only the first of {1} files was opened. Several images are watched by opening their folder.</source>
        <translation>{0}：{1} 个文件中只打开了第一个。要观看多张图片，请打开它们所在的文件夹。</translation>
    </message>
</context>
<context>
    <name>PaddingEditor</name>
    <message>
        <source>number</source>
        <translation>数值</translation>
    </message>
</context>
<context>
    <name>PairEditor</name>
    <message>
        <source>height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Height and width change together</source>
        <translation>高度和宽度一起变化</translation>
    </message>
    <message>
        <source>Height and width change separately</source>
        <translation>高度和宽度分别变化</translation>
    </message>
</context>
<context>
    <name>Preferences</name>
    <message>
        <source>cnngui will be in English when it is started the next time.</source>
        <translation>下次启动 cnngui 时，界面将显示为中文。</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Light or dark</source>
        <translation>浅色或深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Processor cores</source>
        <translation>处理器核心数</translation>
    </message>
</context>
<context>
    <name>QAbstractFileIconProvider</name>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
</context>
<context>
    <name>QFileDialog</name>
    <message>
        <source>&amp;Look in:</source>
        <translation>查找范围(&amp;L)：</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>文件类型(&amp;T)：</translation>
    </message>
</context>
<context>
    <name>RowHeader</name>
    <message>
        <source>Bypassed: what it reads passes unchanged. Click to enable (B)</source>
        <translation>已旁路：输入原样通过。点击启用 (B)</translation>
    </message>
    <message>
        <source>Bypass this layer (B)</source>
        <translation>旁路这一层 (B)</translation>
    </message>
    <message>
        <source>bypass {name}</source>
        <translation>旁路 {name}</translation>
    </message>
</context>
<context>
    <name>Saver</name>
    <message>
        <source>snapshot</source>
        <translation>快照</translation>
    </message>
    <message>
        <source>network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Network with weights (*.safetensors)</source>
        <translation>带权重的网络 (*.safetensors)</translation>
    </message>
    <message>
        <source>Description only (*.json)</source>
        <translation>仅网络结构 (*.json)</translation>
    </message>
    <message>
        <source>Save network</source>
        <translation>保存网络</translation>
    </message>
    <message>
        <source>Folder for snapshots and recordings</source>
        <translation>快照和录像的保存位置</translation>
    </message>
    <message>
        <source>Snapshots and recordings go to</source>
        <translation>快照和录像将保存到</translation>
    </message>
    <message>
        <source>Saved {0}:</source>
        <translation>已保存{0}：</translation>
    </message>
    <message>
        <source>Cancelled: {0}</source>
        <translation>已取消：{0}</translation>
    </message>
    <message>
        <source>Recording to</source>
        <translation>正在录制到</translation>
    </message>
    <message>
        <source>Saved recording:</source>
        <translation>已保存录像：</translation>
    </message>
    <message>
        <source>Saved network:</source>
        <translation>已保存网络：</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Selected layer</source>
        <translation>选中的层</translation>
    </message>
    <message>
        <source>List of layers</source>
        <translation>层列表</translation>
    </message>
    <message>
        <source>Layer above or below</source>
        <translation>上面或下面的层</translation>
    </message>
    <message>
        <source>Input or last layer</source>
        <translation>输入或最后一层</translation>
    </message>
    <message>
        <source>Edit its arguments</source>
        <translation>编辑它的参数</translation>
    </message>
    <message>
        <source>Back to the list</source>
        <translation>回到列表</translation>
    </message>
</context>
<context>
    <name>SingleReadEditor</name>
    <message>
        <source>the layer before</source>
        <translation>上一层</translation>
    </message>
</context>
<context>
    <name>SourceButton</name>
    <message>
        <source>Source: {0}</source>
        <translation>视频源：{0}</translation>
    </message>
</context>
<context>
    <name>SourceControl</name>
    <message>
        <source>Opening {0}…</source>
        <translation>正在打开 {0}…</translation>
    </message>
    <message>
        <source>{0}. It goes on by itself when it is back.</source>
        <translation>{0}。恢复后会自动继续。</translation>
    </message>
    <message>
        <source>{0} has ended</source>
        <translation>{0} 已播放完毕</translation>
    </message>
    <message>
        <source>, {0:.3g} frames a second</source>
        <translation>，每秒 {0:.3g} 帧</translation>
    </message>
    <message>
        <source>{0}: {1} × {2}{3}</source>
        <translation>{0}：{1} × {2}{3}</translation>
    </message>
</context>
<context>
    <name>SourceMenu</name>
    <message>
        <source>Device default</source>
        <translation>设备默认</translation>
    </message>
    <message>
        <source>{0:g} a second</source>
        <translation>每秒 {0:g} 帧</translation>
    </message>
    <message>
        <source>Camera resolution</source>
        <translation>摄像头分辨率</translation>
    </message>
    <message>
        <source>Camera frame rate</source>
        <translation>摄像头帧率</translation>
    </message>
    <message>
        <source>Mirror (the network sees the mirrored picture)</source>
        <translation>镜像（网络看到的是镜像画面）</translation>
    </message>
    <message>
        <source>Video or image…</source>
        <translation>视频或图片…</translation>
    </message>
    <message>
        <source>Folder of images…</source>
        <translation>图片文件夹…</translation>
    </message>
    <message>
        <source>Network stream…</source>
        <translation>网络视频流…</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>Looking for cameras…</source>
        <translation>正在查找摄像头…</translation>
    </message>
    <message>
        <source>No camera found</source>
        <translation>没有找到摄像头</translation>
    </message>
</context>
<context>
    <name>Start</name>
    <message>
        <source>The network you did not save is here again</source>
        <translation>已恢复上次未保存的网络</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Frames a second that the source gave, that the network computed and that reached the screen; frames left out in all; time from capture to screen, median and the value that 95 of 100 frames stay below</source>
        <translation>每秒帧数：视频源给出的、网络算完的、显示到屏幕上的；累计丢弃的帧数；从采集到显示的延迟：中位数，以及 95% 的帧不超过的值</translation>
    </message>
    <message>
        <source>Count from zero</source>
        <translation>从零重新计数</translation>
    </message>
    <message>
        <source>{0} in   {1} processed   {2} shown   {3} dropped   {4} ms   95% {5} ms</source>
        <translation>输入 {0}   处理 {1}   显示 {2}   丢弃 {3}   {4} ms   95% {5} ms</translation>
    </message>
    <message>
        <source>No program for folders answered. It is here:</source>
        <translation>没有可用的文件管理器。文件在这里：</translation>
    </message>
</context>
<context>
    <name>ToolBar</name>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>Totals</name>
    <message>
        <source>this network</source>
        <translation>本网络</translation>
    </message>
    <message>
        <source>fully connected</source>
        <translation>全连接</translation>
    </message>
    <message>
        <source>parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>multiply-adds</source>
        <translation>乘加次数</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>&lt;p&gt;&lt;b&gt;Parameter sharing.&lt;/b&gt; A convolution uses the same kernel at every position of its input, so it needs one small set of weights per map. A fully-connected layer between the same two tensors needs a weight of its own for every pair of an input number and an output number.&lt;/p&gt;&lt;p&gt;Multiply-adds are per frame. Memory is that of all weights and all layers&apos; outputs, as 32-bit numbers.&lt;/p&gt;</source>
        <translation>&lt;p&gt;&lt;b&gt;参数共享。&lt;/b&gt;卷积在输入的每个位置都使用同一个卷积核，因此每张特征图只需要一小组权重。而同样两个张量之间的全连接层，对每一对输入数和输出数都需要一个单独的权重。&lt;/p&gt;&lt;p&gt;乘加次数按每帧计算。内存是所有权重和所有层输出的总和，按 32 位数计算。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Sharing kernels: {times} times fewer parameters.</source>
        <translation>共享卷积核：全连接的参数量是它的 {times}倍。</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>To the start</source>
        <translation>回到开头</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>后退一帧</translation>
    </message>
    <message>
        <source>One frame on</source>
        <translation>前进一帧</translation>
    </message>
    <message>
        <source>Place in the video</source>
        <translation>视频中的位置</translation>
    </message>
    <message>
        <source>Begin again at the end</source>
        <translation>循环播放</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>播放速度</translation>
    </message>
    <message>
        <source>Pause the source</source>
        <translation>暂停视频源</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
</context>
<context>
    <name>VectorView</name>
    <message>
        <source>Units</source>
        <translation>单元</translation>
    </message>
    <message>
        <source>Arrows choose a unit</source>
        <translation>用方向键选择单元</translation>
    </message>
    <message>
        <source>unit {unit}   value {value}</source>
        <translation>单元 {unit}   值 {value}</translation>
    </message>
</context>
<context>
    <name>WallCanvas</name>
    <message>
        <source>Feature maps</source>
        <translation>特征图</translation>
    </message>
    <message>
        <source>Arrows choose a channel, Page Up and Down turn</source>
        <translation>用方向键选择通道，Page Up 和 Page Down 翻页</translation>
    </message>
    <message>
        <source>channel {channel}   row {row}, column {column}   value {value}</source>
        <translation>通道 {channel}   第 {row} 行，第 {column} 列   值 {value}</translation>
    </message>
    <message>
        <source>   zero everywhere</source>
        <translation>   全部为零</translation>
    </message>
</context>
<context>
    <name>WallOverlay</name>
    <message>
        <source>zero</source>
        <translation>全零</translation>
    </message>
</context>
<context>
    <name>WallTools</name>
    <message>
        <source>Fit</source>
        <translation>适应窗口</translation>
    </message>
    <message>
        <source>Fit the wall (0)</source>
        <translation>特征图墙适应窗口 (0)</translation>
    </message>
    <message>
        <source>Scaling</source>
        <translation>数值范围</translation>
    </message>
    <message>
        <source>Which values share the range from the first to the last colour</source>
        <translation>哪些数值共用从第一种到最后一种颜色的范围</translation>
    </message>
    <message>
        <source>Each map</source>
        <translation>逐图</translation>
    </message>
    <message>
        <source>Whole layer</source>
        <translation>整层</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>By what the channels are sorted</source>
        <translation>通道按什么排序</translation>
    </message>
    <message>
        <source>By number</source>
        <translation>按编号</translation>
    </message>
    <message>
        <source>By mean</source>
        <translation>按均值</translation>
    </message>
    <message>
        <source>By maximum</source>
        <translation>按最大值</translation>
    </message>
    <message>
        <source>By variance</source>
        <translation>按方差</translation>
    </message>
    <message>
        <source>Colour map</source>
        <translation>色图</translation>
    </message>
    <message>
        <source>How values become colours</source>
        <translation>数值如何变成颜色</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Values from zero up</source>
        <translation>从零开始的数值</translation>
    </message>
    <message>
        <source>Values of both signs</source>
        <translation>有正有负的数值</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>Blue-red</source>
        <translation>蓝－红</translation>
    </message>
    <message>
        <source>Blue-red on dark</source>
        <translation>蓝－红（深色底）</translation>
    </message>
    <message>
        <source>Purple-green</source>
        <translation>紫－绿</translation>
    </message>
</context>
<context>
    <name>WallView</name>
    <message>
        <source>Previous page</source>
        <translation>上一页</translation>
    </message>
    <message>
        <source>Previous page (Page Up)</source>
        <translation>上一页 (Page Up)</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>下一页</translation>
    </message>
    <message>
        <source>Next page (Page Down)</source>
        <translation>下一页 (Page Down)</translation>
    </message>
    <message>
        <source>channels {first}–{last} of {count}</source>
        <translation>通道 {first}–{last}，共 {count} 个</translation>
    </message>
    <message>
        <source>{layer} is being computed…</source>
        <translation>正在计算 {layer}…</translation>
    </message>
    <message>
        <source>{layer} does not run yet.</source>
        <translation>{layer} 还没有运行。</translation>
    </message>
    <message>
        <source>The last network without problems keeps running.</source>
        <translation>上一个没有问题的网络仍在运行。</translation>
    </message>
    <message>
        <source>No picture yet.
Choose a source, or drop a video or an image here.</source>
        <translation>还没有画面。
请选择视频源，或把视频或图片拖到这里。</translation>
    </message>
</context>
<context>
    <name>WeightsMenu</name>
    <message>
        <source>Draw all weights anew</source>
        <translation>重新初始化全部权重</translation>
    </message>
    <message>
        <source>He: for layers before a ReLU</source>
        <translation>He：用于 ReLU 之前的层</translation>
    </message>
    <message>
        <source>Xavier: for layers before a sigmoid or tanh</source>
        <translation>Xavier：用于 sigmoid 或 tanh 之前的层</translation>
    </message>
    <message>
        <source>All zeros</source>
        <translation>全零</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>初始化</translation>
    </message>
</context>
<context>
    <name>_Details</name>
    <message>
        <source>channel {number}</source>
        <translation>通道 {number}</translation>
    </message>
    <message>
        <source>unit {number}</source>
        <translation>单元 {number}</translation>
    </message>
    <message>
        <source>value {value}</source>
        <translation>值 {value}</translation>
    </message>
    <message>
        <source>&lt;b&gt;Kernel&lt;/b&gt;&amp;nbsp;&amp;nbsp;{size} for its one input</source>
        <translation>&lt;b&gt;卷积核&lt;/b&gt;&amp;nbsp;&amp;nbsp;{size}，1 个输入通道</translation>
    </message>
    <message>
        <source>&lt;b&gt;Kernel&lt;/b&gt;&amp;nbsp;&amp;nbsp;{size} for each of {count} inputs</source>
        <translation>&lt;b&gt;卷积核&lt;/b&gt;&amp;nbsp;&amp;nbsp;{size}，共 {count} 个输入通道</translation>
    </message>
    <message>
        <source>, bias {bias}</source>
        <translation>，偏置 {bias}</translation>
    </message>
</context>
<context>
    <name>_KernelNumbers</name>
    <message>
        <source>Kernel as numbers</source>
        <translation>卷积核的数值</translation>
    </message>
</context>
<context>
    <name>_KernelPictures</name>
    <message>
        <source>Kernel, one picture per input channel</source>
        <translation>卷积核，每个输入通道一张图</translation>
    </message>
    <message>
        <source>input {name}</source>
        <translation>输入 {name}</translation>
    </message>
</context>
<context>
    <name>_Numbers</name>
    <message>
        <source>min</source>
        <translation>最小值</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>max</source>
        <translation>最大值</translation>
    </message>
    <message>
        <source>std</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>zeros</source>
        <translation>零值</translation>
    </message>
</context>
<context>
    <name>_StripModel</name>
    <message>
        <source>What the network sees, {shape}</source>
        <translation>网络看到的画面，{shape}</translation>
    </message>
    <message>
        <source>{id}: {type}, bypassed</source>
        <translation>{id}：{type}，已旁路</translation>
    </message>
</context>
</TS>
